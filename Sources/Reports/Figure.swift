/// A drawing with its title and what there is to say about it.
struct Figure {
  var title: String
  var drawing: Markup
  var caption: Markup

  var markup: Markup {
    """
    <figure>
    <h3>\(title)</h3>
    <div class="drawing">\(drawing)</div>
    <figcaption>\(caption)</figcaption>
    </figure>

    """
  }
}
