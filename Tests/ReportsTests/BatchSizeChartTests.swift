import Reports
import Testing

@Suite struct BatchSizeChartTests {
  @Test func `a test of batch sizes is an SVG with its points, the fitted curve and the critical batch`()
    throws
  {
    let svg = Report.svg(
      ofBatchSizes: [(16, 110), (64, 35), (256, 16)], critical: (size: 160, steps: { 10 + 1600 / $0 }))
    let page = try PageReading(svg)
    #expect(page.elements.first?.name == "svg")
    #expect(page.elements("path", class: "line").count == 1)
    #expect(page.elements("circle", class: "dot").count == 3)
    #expect(page.elements("circle", class: "ring").count == 1)
    #expect(page.text.contains("critical 160"))
  }

  @Test func `without a fit, and without any point, it is drawn, too`() throws {
    #expect(
      try PageReading(Report.svg(ofBatchSizes: [(16, 4)], critical: nil)).elements("circle", class: "dot")
        .count == 1)
    #expect(
      try PageReading(Report.svg(ofBatchSizes: [], critical: nil)).elements("circle", class: "dot").isEmpty)
  }
}
