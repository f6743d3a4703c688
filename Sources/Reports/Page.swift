public import Search

extension Report {
  /// The study on one self-contained page of HTML, which opens offline, in a light and a dark dress, and is
  /// well-formed XML, too. It is whole without scripts; with them tables sort and charts answer to the mouse.
  ///
  /// The verdict with the hyperparameters that made it; whether it can be trusted; the best score and the learning
  /// curves; why: a panel for each hyperparameter and which of them mattered; with several objectives their trade; the
  /// allocation; who cloned whom, or how many trials got how far; the trials; what one may do next; where all this is
  /// from. Where there is more than a picture can show, the page says what it leaves out; `csv` has everything.
  /// O(n log n) for n jobs.
  ///
  /// - Parameters:
  ///   - test: what the test split said; nil while it is closed.
  ///   - context: what is known beyond the history.
  public static func html(
    _ history: History, state: StudyState, test: TestFinding? = nil, context: RunContext = RunContext()
  ) -> String {
    let study = Study(history, state: state, context: context)
    let table = TrialTable(study: study)
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      \(head(title: history.study))
      <body>
      <main>
      \(BestSection(study: study, test: test).markup)\
      \(progress(of: study))\
      \(TrustSection(study: study).markup)\
      \(ParameterPanels(study: study).markup)\
      \(ImportanceSection(importance: study.importance, unit: history.budgetUnit, companion: pair(in: study)).markup)\
      \(together(in: study))\
      \(ReplicatesSection(study: study).markup)\
      \(trade(of: study))\
      \(folded("Who trained what when", AllocationChart(study: study).figure))\
      \(folded("Lineage", LineageChart(study: study).figure))\
      \(table.markup)\
      \(NextSection(context: context).markup)\
      \(SpaceSection(space: history.space).markup)\
      \(ProvenanceSection(context: context).markup)\
      </main>
      \(PageScript(study: study, table: table).markup)\
      </body>
      </html>

      """
    return page.text
  }

  static func head(title: String) -> Markup {
    """
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <title>\(title)</title>
    <style>\(PageStyle.sheet)</style>
    </head>
    """
  }

  private static func progress(of study: Study) -> Markup {
    let figures = [
      ScoreChart(study: study).figure, LearningCurves(study: study).figure,
      SecondDevChart(study: study).figure,
    ].compactMap { $0 }
    return pairs(figures)
  }

  private static func trade(of study: Study) -> Markup {
    let figures = ParetoPanel(study: study).figures
    return figures.isEmpty ? "" : "<section id=\"trade\">\n<h2>Trade-offs</h2>\n\(pairs(figures))</section>\n"
  }

  private static func pairs(_ figures: [Figure]) -> Markup {
    figures.isEmpty ? "" : "<div class=\"two\">\n\(figures.map(\.markup).joined())</div>\n"
  }

  /// Whether a script may draw what only it can: many hyperparameters at once.
  private static func hasCharts(of study: Study) -> Bool {
    study.context.charts != nil && study.history.space.parameters.count > 1
  }

  private static func together(in study: Study) -> Markup {
    guard hasCharts(of: study) else { return "" }
    return """
      <details hidden="hidden">
      <summary>All hyperparameters together</summary>
      <figure data-chart="parallel"><div class="drawing"></div>
      <figcaption>A line is a trial, the better the darker (lighter on black). Drag along an axis to keep only the lines \
      that cross it there; drag a name to move its axis.</figcaption></figure>
      </details>

      """
  }

  private static func pair(in study: Study) -> Markup {
    guard hasCharts(of: study) else { return "" }
    return """
      <figure data-chart="pair" hidden="hidden"><h3>Two of them</h3>
      <div class="drawing"></div>
      <figcaption>A dot is a trial. Behind the pairs that matter most: what the forest expects.</figcaption></figure>

      """
  }

  private static func folded(_ summary: String, _ figure: Figure?) -> Markup {
    guard let figure else { return "" }
    return "<details>\n<summary>\(summary)</summary>\n\(figure.markup)</details>\n"
  }
}
