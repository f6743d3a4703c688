import Foundation

/// The steps to a target against the batch size, as a drawing of its own.
struct BatchSizeChart {
  var points: [(size: Double, steps: Double)]
  var critical: (size: Double, steps: (Double) -> Double)?

  var drawing: Markup {
    let sizes = points.map(\.size) + (critical.map { [$0.size] } ?? [])
    let steps = points.map(\.steps) + (critical.map { [$0.steps($0.size)] } ?? [])
    let (least, most) = (sizes.min() ?? 1, sizes.max() ?? 1)
    let plot = Plot(
      width: 640, height: 380, x: .logarithmic(least, most),
      y: .logarithmic(steps.min() ?? 1, steps.max() ?? 1),
      xTitle: "batch size", yTitle: "steps to the target")
    var content = PageStyle.ofDrawing
    if let critical {
      let curve = (0...60).map { place -> (x: Double, y: Double) in
        let size = plot.x.low * pow(plot.x.high / plot.x.low, Double(place) / 60)
        return (size, critical.steps(size))
      }
      content += plot.clipped(plot.line(plot.path(curve), style: "s5", title: "fitted"))
      let place = plot.point(critical.size, critical.steps(critical.size))
      content += plot.dot(
        critical.size, critical.steps(critical.size), radius: 5, style: "ring",
        title: "critical: \(Numerals.text(critical.size))")
      content += """
        <text class="title" x="\(place.x)" y="\(place.y - 10)" text-anchor="middle">critical \
        \(Numerals.text(critical.size))</text>

        """
    }
    for point in points {
      content += plot.dot(
        point.size, point.steps, radius: 4, style: "dot",
        title: "\(Numerals.text(point.size)): "
          + "\(Numerals.text(point.steps)) steps")
    }
    return plot.drawing(content, summary: "Steps to the target against the batch size")
  }
}

extension Report {
  /// An SVG file of a test of batch sizes.
  ///
  /// - Parameters:
  ///   - points: batch sizes, ascending, and the steps that they took, all above 0.
  ///   - critical: the critical batch and the steps that the fit gives to any size; nil without a fit.
  public static func svg(
    ofBatchSizes points: [(size: Double, steps: Double)],
    critical: (size: Double, steps: (Double) -> Double)?
  ) -> String {
    BatchSizeChart(points: points, critical: critical).drawing.text
  }
}
