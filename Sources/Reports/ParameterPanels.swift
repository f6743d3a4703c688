import Search

/// A small chart for every hyperparameter: its schedule over budget where trials change it as they train,
/// else the final score against it.
struct ParameterPanels {
  var study: Study

  static let mostPanels = 30
  static let size = (width: 350.0, height: 230.0)

  /// Empty when there is nothing to draw.
  var markup: Markup {
    let parameters = study.history.space.parameters.prefix(ParameterPanels.mostPanels)
    let showsSchedules = study.configurationsChange
    let figures = parameters.compactMap { parameter in
      showsSchedules
        ? SchedulePanel(study: study, parameter: parameter).figure
        : ScorePanel(study: study, parameter: parameter).figure
    }
    guard !figures.isEmpty else { return "" }
    let left = study.history.space.parameters.count - parameters.count
    let remark = left > 0 ? " Not drawn: \(Numerals.count(left, "further hyperparameter"))." : ""
    return """
      <section>
      <h2>Hyperparameters</h2>
      <p>\(showsSchedules ? scheduleKey : scoreKey)\(remark)</p>
      <div class="three">
      \(figures.map(\.markup).joined())</div>
      </section>

      """
  }

  private var scheduleKey: Markup {
    """
    In force at each budget, over the whole search range. <span class="key best"></span> what the best was \
    trained with; others by final score: \(study.range?.legend ?? ""). ○ took over another trial's state; \
    <span class="key dropped"></span> dropped for it.
    """
  }

  private var bandKey: Markup {
    guard let importance = study.importance, importance.explained >= ImportanceSection.leastExplained else {
      return ""
    }
    return
      " <span class=\"key band\"></span> what the forest of the next section expects, the others being anything."
  }

  private var scoreKey: Markup {
    let budgets = BudgetShades(study)
    return """
      The newest \(study.history.objective.metric) of each trial against its value, over the whole search \
      range. <span class="key ring"></span> the best. The shade tells how far it was trained: \
      \(budgets.legend).\(bandKey)
      """
  }
}

/// The axis of a hyperparameter, and the places of its values on it.
struct ParameterAxis {
  var axis: Axis
  private var domain: Domain

  init(_ domain: Domain) {
    self.domain = domain
    axis = .covering(domain)
  }

  /// Nil for a value that the domain does not have a place for.
  func place(_ value: ParameterValue?) -> Double? {
    guard let value else { return nil }
    switch domain {
    case .ordinal(let choices), .categorical(let choices):
      return choices.firstIndex(of: value).map(Double.init)
    case .float, .integer, .quantized: break
    }
    guard case .number(let number) = value, number.isFinite else { return nil }
    return number
  }
}

extension Parameter {
  /// What a panel's caption says of its axis.
  var scaleRemark: String {
    var remark =
      switch domain {
      case .float(_, _, .log), .integer(_, _, .log), .quantized(_, _, _, .log): "Log scale."
      case .float(_, _, .logit): "Searched on a logit scale, drawn on a linear one."
      case .float, .integer, .quantized: "Linear scale."
      case .ordinal: "Ordered values."
      case .categorical: "Choices."
      }
    if let condition { remark += " Only where \(condition)." }
    return remark
  }
}
