import Reports
import Testing

@Suite struct RateRangeChartTests {
  private static let points = (0..<30).map { step in
    let loss = step < 20 ? 2.3 - 0.1 * Double(step) : Double(step * step)
    return Report.RateLoss(rate: 1e-4 * Double(1 << step), loss: loss + 0.01, smoothed: loss)
  }

  @Test func `a range test is an SVG with both curves and its marks`() throws {
    let svg = Report.svg(ofRateRange: Self.points, marking: [("steepest", 0.1), ("minimum / 10", 5)])
    let page = try PageReading(svg)
    #expect(page.elements.first?.name == "svg")
    #expect(page.elements("path", class: "line").count == 2)
    #expect(page.elements("circle", class: "ring").count == 2)
    #expect(page.text.contains("steepest: 0.1"))
    #expect(page.text.contains("minimum / 10 5"))
  }

  @Test func `a test of one step is drawn, too`() throws {
    let svg = Report.svg(ofRateRange: [Report.RateLoss(rate: 1, loss: 2, smoothed: 2)], marking: [])
    #expect(try PageReading(svg).elements("circle", class: "ring").isEmpty)
  }
}
