/// The frame of a chart: two axes with their grid, labels and titles, in pixels of the drawing's own size.
struct Plot {
  struct Point: Equatable { var x: Double, y: Double }

  let width: Double
  let height: Double
  let x: Axis
  let y: Axis
  let xTitle: String
  let yTitle: String
  /// The inner edges, within which data are drawn.
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  /// About the width of a letter of the labels.
  static let letter = 6.6
  /// Of a digit in the widest of the fonts that a page may find.
  static let widestLetter = 7.7
  /// Labels longer than this are cut.
  let longestLabel: Int

  init(
    width: Double, height: Double, x: Axis, y: Axis, xTitle: String, yTitle: String = "",
    longestLabel: Int = 16
  ) {
    (self.width, self.height, self.x, self.y) = (width, height, x, y)
    (self.xTitle, self.yTitle, self.longestLabel) = (xTitle, yTitle, longestLabel)
    let longest = y.ticks.map { min($0.label.count, longestLabel) }.max() ?? 0
    left = 14 + Plot.letter * Double(max(longest, 2))
    right = width - 18
    top = yTitle.isEmpty ? 12 : 28
    bottom = height - 40
  }

  /// What lies beyond the axes is outside the inner edges.
  func point(_ xValue: Double, _ yValue: Double) -> Point {
    Point(
      x: left + x.fraction(of: xValue) * (right - left), y: bottom - y.fraction(of: yValue) * (bottom - top))
  }

  /// The whole drawing; `summary` is for those who cannot see it.
  func drawing(_ content: Markup, summary: String) -> Markup {
    """
    <svg viewBox="0 0 \(width) \(height)" xmlns="http://www.w3.org/2000/svg" role="img" \
    aria-label="\(summary)">
    \(grid)\(content)\(titles)</svg>

    """
  }

  private var grid: Markup {
    let rows = y.ticks.map { tick -> Markup in
      let place = point(x.low, tick.value).y
      return """
        <line class="grid" x1="\(left)" x2="\(right)" y1="\(place)" y2="\(place)"/>\
        <text class="tick" x="\(left - 7)" y="\(place + 4)" text-anchor="end">\(shortened(tick.label))</text>
        """
    }
    let columns = visibleColumns.map { tick -> Markup in
      let place = point(tick.value, y.low).x
      return """
        <line class="grid" x1="\(place)" x2="\(place)" y1="\(bottom)" y2="\(bottom + 4)"/>\
        <text class="tick" x="\(place)" y="\(bottom + 18)" text-anchor="middle">\
        \(shortened(tick.label))</text>
        """
    }
    return (rows + columns).joined(by: "\n")
      + "\n<line class=\"axis\" x1=\"\(left)\" x2=\"\(right)\" y1=\"\(bottom)\" y2=\"\(bottom)\"/>\n"
  }

  /// The columns whose labels have room beside each other.
  private var visibleColumns: [Axis.Tick] {
    var end = -Double.infinity
    return x.ticks.filter { tick in
      let half = Plot.widestLetter * Double(min(tick.label.count, longestLabel)) / 2
      let place = point(tick.value, y.low).x
      guard place - half >= end + 6, place + half <= width else { return false }
      end = place + half
      return true
    }
  }

  private var titles: Markup {
    var titles: Markup = """
      <text class="title" x="\(right)" y="\(height - 6)" text-anchor="end">\(xTitle)</text>
      """
    if !yTitle.isEmpty {
      titles +=
        "<text class=\"title\" x=\"4\" y=\"14\">\(yTitle.shortened(to: Int(width / Plot.letter) - 4))</text>"
    }
    return titles
  }

  /// The label, cut where it is too long, and whole in its tooltip.
  private func shortened(_ label: String) -> Markup {
    let short = label.shortened(to: longestLabel)
    return short == label ? "\(label)" : "\(short)<title>\(label)</title>"
  }
}

extension String {
  func shortened(to length: Int) -> String {
    count <= length ? self : prefix(max(length - 1, 1)) + "…"
  }
}

// What is drawn within a frame.
extension Plot {
  /// Lines, cut at the inner edges and a stroke's width beyond. An inner drawing clips without a name, which
  /// would have to be unique on the page.
  func clipped(_ lines: Markup) -> Markup {
    let (x, y, width, height) = (left - 3, top - 3, right - left + 6, bottom - top + 6)
    return """
      <svg x="\(x)" y="\(y)" width="\(width)" height="\(height)" viewBox="\(x) \(y) \(width) \(height)">
      \(lines)</svg>

      """
  }

  func contains(_ x: Double, _ y: Double) -> Bool { point(x, y) == within(x, y) }

  /// The point, moved to the edge when it lies beyond.
  private func within(_ x: Double, _ y: Double) -> Point {
    let place = point(x, y)
    return Point(x: min(max(place.x, left), right), y: min(max(place.y, top), bottom))
  }

  /// The data of a path through all points, in their order.
  func path(_ points: some Sequence<(x: Double, y: Double)>) -> Markup {
    var path: Markup = ""
    var isFirst = true
    for (x, y) in points where x.isFinite && y.isFinite {
      let place = point(x, y)
      path += "\(isFirst ? "M" : "L")\(place.x) \(place.y)"
      isFirst = false
    }
    return path
  }

  /// One path through several unbroken stretches.
  func path(of stretches: [[(x: Double, y: Double)]]) -> Markup { stretches.map { path($0) }.joined() }

  func line(_ path: Markup, style: String, title: String) -> Markup {
    path == "" ? "" : "<path class=\"line \(style)\" d=\"\(path)\"><title>\(title)</title></path>\n"
  }

  /// A stretch of a row, at least a hair wide.
  func bar(from start: Double, to end: Double, row: Double, style: String, title: String) -> Markup {
    let (first, last) = (point(start, row + 0.36), point(end, row - 0.36))
    return """
      <rect class="\(style)" x="\(first.x)" y="\(first.y)" width="\(max(last.x - first.x - 0.4, 0.6))" \
      height="\(last.y - first.y)"><title>\(title)</title></rect>

      """
  }

  /// A surface between a lower and an upper line, along the same places.
  func band(_ points: [(x: Double, low: Double, high: Double)], style: String, title: String) -> Markup {
    guard points.count > 1 else { return "" }
    let outline = path(points.map { ($0.x, $0.high) } + points.reversed().map { ($0.x, $0.low) })
    return "<path class=\"\(style)\" d=\"\(outline)z\"><title>\(title)</title></path>\n"
  }

  /// At the edge when it lies beyond.
  func dot(_ x: Double, _ y: Double, radius: Double, style: String, title: String) -> Markup {
    guard x.isFinite, y.isFinite else { return "" }
    let place = within(x, y)
    return """
      <circle class="\(style)" cx="\(place.x)" cy="\(place.y)" r="\(radius)"><title>\(title)</title></circle>

      """
  }

  /// A failure; at the edge when it lies beyond.
  func cross(_ x: Double, _ y: Double, title: String) -> Markup {
    guard x.isFinite, y.isFinite else { return "" }
    let place = within(x, y)
    return """
      <path class="line cross" d="M\(place.x - 4) \(place.y - 4)l8 8m0 -8l-8 8"><title>\(title)</title></path>

      """
  }
}
