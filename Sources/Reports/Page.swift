public import Search

extension Report {
  /// The study on one self-contained page of HTML, which opens offline, in a light and a dark dress, and is
  /// well-formed XML, too.
  ///
  /// The head with the best score and the hyperparameters that made it; the best score over time and the
  /// learning curves; with a second dev split how far the choice suits the first; with several objectives
  /// their trade and the front; a panel for each hyperparameter;
  /// which of them mattered; how configurations that were measured several times compare; who cloned whom, or
  /// how many trials got how far; the trials; the search space; how the experiment was changed on the way. Where there is more than a picture can show,
  /// the page says what it leaves out; `csv` has everything. O(n log n) for n jobs.
  ///
  /// - Parameter test: what the test split said; nil while it is closed.
  public static func html(_ history: History, state: StudyState, test: TestFinding? = nil) -> String {
    let study = Study(history, state: state)
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>\(history.study)</title>
      <style>\(PageStyle.sheet)</style>
      </head>
      <body>
      <main>
      \(BestSection(study: study, test: test).markup)\
      \(charts(of: study))\
      \(ParameterPanels(study: study).markup)\
      \(ImportanceSection(importance: Importance.of(history), unit: history.budgetUnit).markup)\
      \(ReplicatesSection(study: study).markup)\
      \(lineage(of: study))\
      \(BudgetTable(study: study).markup)\
      \(TrialTable(study: study).markup)\
      \(SpaceSection(space: history.space).markup)\
      \(VersionsSection(versions: history.versions ?? []).markup)\
      </main>
      </body>
      </html>

      """
    return page.text
  }

  private static func charts(of study: Study) -> Markup {
    let curves = [
      ScoreChart(study: study).figure, LearningCurves(study: study).figure,
      SecondDevChart(study: study).figure,
    ].compactMap { $0 }
    let figures = (curves + ParetoPanel(study: study).figures).map(\.markup)
    return figures.isEmpty ? "" : "<div class=\"two\">\n\(figures.joined())</div>\n"
  }

  private static func lineage(of study: Study) -> Markup {
    LineageChart(study: study).figure?.markup ?? ""
  }
}
