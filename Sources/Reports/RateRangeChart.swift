/// The loss against the learning rate of a range test, as a drawing of its own.
struct RateRangeChart {
  var points: [Report.RateLoss]
  var marks: [(name: String, rate: Double)]

  var drawing: Markup {
    let losses = points.map(\.smoothed)
    let high = losses.max() ?? 1
    let low = (losses + points.map(\.loss)).filter(\.isFinite).min() ?? 0
    // From the lowest of both curves to what the loss was at first; a divergence leaves the picture.
    let top = min(high, max(losses.first ?? high, low) + 0.15 * abs((losses.first ?? high) - low))
    let plot = Plot(
      width: 640, height: 380, x: .logarithmic(points.first?.rate ?? 1e-6, points.last?.rate ?? 1),
      y: .linear(low, max(top, low)), xTitle: "learning rate", yTitle: "training loss")
    let raw = plot.path(points.map { (x: $0.rate, y: $0.loss) })
    let smoothed = plot.path(points.map { (x: $0.rate, y: $0.smoothed) })
    let lines =
      plot.line(raw, style: "dropped", title: "of each step's batch")
      + plot.line(smoothed, style: "s5", title: "smoothed")
    return plot.drawing(
      PageStyle.ofDrawing + plot.clipped(lines) + marks.map { mark($0.name, $0.rate, in: plot) }.joined(),
      summary: "Training loss against learning rate")
  }

  private func mark(_ name: String, _ rate: Double, in plot: Plot) -> Markup {
    let loss = points.min { abs($0.rate - rate) < abs($1.rate - rate) }?.smoothed ?? 0
    let place = plot.point(rate, loss)
    return plot.dot(rate, loss, radius: 5, style: "ring", title: "\(name): \(Numerals.text(rate))") + """
      <text class="title" x="\(place.x)" y="\(place.y - 10)" text-anchor="middle">\(name) \(Numerals.text(rate))</text>

      """
  }
}

extension Report {
  /// The loss of one step of a range test.
  public struct RateLoss: Equatable, Sendable {
    public var rate: Double
    public var loss: Double
    public var smoothed: Double

    public init(rate: Double, loss: Double, smoothed: Double) {
      (self.rate, self.loss, self.smoothed) = (rate, loss, smoothed)
    }
  }

  /// An SVG file of a range test.
  ///
  /// - Parameters:
  ///   - points: in ascending order of their rates, all above 0; at least one.
  ///   - marks: rates with what they are called.
  public static func svg(ofRateRange points: [RateLoss], marking marks: [(name: String, rate: Double)])
    -> String
  {
    RateRangeChart(points: points, marks: marks).drawing.text
  }
}
