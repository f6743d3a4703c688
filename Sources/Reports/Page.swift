public import Search

extension Report {
  /// The study on one self-contained page of HTML, which opens offline and is well-formed XML, too.
  public static func html(_ history: History, state: StudyState) -> String {
    let headline = Headline(history, state: state)
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>\(history.study)</title>
      </head>
      <body>
      <h1>\(history.study)</h1>
      <p>\(headline.sentence)</p>
      <pre>\(Report.summary(history, state: state))</pre>
      </body>
      </html>

      """
    return page.text
  }
}
