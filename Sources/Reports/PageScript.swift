/// What a page carries for scripts: what they read, they themselves, and the packed library of charts.
struct PageScript {
  var study: Study
  var table: TrialTable

  /// Nothing of an empty study, and where there is nothing to read: the page is whole without.
  var markup: Markup {
    guard !study.history.trials.isEmpty, let data = PageData(study, table: table).script else { return "" }
    let parts = [
      PackageResources.page_js, PackageResources.table_js, PackageResources.progress_js,
      PackageResources.space_js,
      PackageResources.charts_js,
    ]
    let source = parts.map { String(decoding: $0, as: UTF8.self) }.joined()
    // The comment hides the section's marks from scripts, the section hides the script from XML.
    return data + library + "<script>//<![CDATA[\n"
      + Markup(stringLiteral: source)
      + "//]]></script>\n"
  }

  private var library: Markup {
    guard let charts = study.context.charts else { return "" }
    return "<script type=\"text/plain\" id=\"charts\">" + Markup(stringLiteral: charts.encoded)
      + "</script>\n"
  }
}
