/// A drawing with its title and what there is to say about it.
struct Figure {
  var title: String
  var drawing: Markup
  var caption: Markup
  /// What a script draws in its place, where it can.
  var chart: String?

  var markup: Markup {
    """
    <figure\(chart.map { " data-chart=\"\($0)\"" } ?? "" as Markup)>
    <h3>\(title)</h3>
    <div class="drawing">\(drawing)</div>
    <figcaption>\(caption)</figcaption>
    </figure>

    """
  }
}
