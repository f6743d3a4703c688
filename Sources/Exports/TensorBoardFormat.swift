import Search
import Tuner

/// TensorBoard's event files, a folder a trial: every metric over the budget, hyperparameters that change while a trial
/// runs as `parameter/NAME`, and the plug-in HParams' table (tensorboard/plugins/hparams/api.proto and
/// plugin_data.proto).
enum TensorBoardFormat: ExportFormat {
  static let name = "tensorboard"
  static let summary =
    "event files for TensorBoard: a run a trial, metrics over the budget, the table of hyperparameters"
  static let output = "tensorboard"

  private static let plugin = "hparams"
  /// `DataType` of the plug-in.
  private static let (textType, numberType) = (1, 3)
  /// `Status` of the plug-in.
  private static let (success, failure, running) = (1, 2, 3)

  static func files(of study: ExportedStudy, at place: String) -> [ExportedFile] {
    [ExportedFile("events.out.tfevents.0.study", experiment(study))]
      + zip(study.history.trials, study.trials).map { trial, jobs in
        let name = "000000".dropFirst("\(trial.id.rawValue)".count) + "\(trial.id.rawValue)"
        return ExportedFile(
          "trial-\(name)/events.out.tfevents.0.trial", events(of: jobs, of: study))
      }
  }

  /// What the columns of the table are.
  private static func experiment(_ study: ExportedStudy) -> [UInt8] {
    var file = EventFile(time: study.begun)
    let experiment = ProtocolBuffer { experiment in
      experiment.add(6, study.history.study)
      experiment.add(3, study.begun)
      for name in study.parameterNames { experiment.add(4, parameter(name, of: study)) }
      for name in study.metricNames {
        experiment.add(5, ProtocolBuffer { $0.add(1, ProtocolBuffer { $0.add(2, name) }) })
      }
    }
    let content = ProtocolBuffer {
      $0.add(1, 0)
      $0.add(2, experiment)
    }
    file.addPluginData("_hparams_/experiment", plugin: plugin, content, time: study.begun)
    return file.bytes
  }

  private static func parameter(_ name: String, of study: ExportedStudy) -> ProtocolBuffer {
    let values = study.jobs.compactMap { $0.segment.job.configuration[name] }
    let areNumbers = values.allSatisfy { if case .number = $0 { true } else { false } }
    return ProtocolBuffer { info in
      info.add(1, name)
      info.add(4, areNumbers ? numberType : textType)
      switch study.history.space.parameters.first(where: { $0.name == name })?.domain {
      case .float(let low, let high, _), .quantized(let low, let high, _, _):
        info.add(6, interval(low, high))
      case .integer(let low, let high, _): info.add(6, interval(Double(low), Double(high)))
      case .ordinal(let choices), .categorical(let choices):
        info.add(5, ProtocolBuffer { list in for choice in choices { list.add(1, value(choice)) } })
      case nil: break
      }
    }
  }

  private static func interval(_ low: Double, _ high: Double) -> ProtocolBuffer {
    ProtocolBuffer {
      $0.add(1, low)
      $0.add(2, high)
    }
  }

  /// `google.protobuf.Value`.
  private static func value(_ value: ParameterValue) -> ProtocolBuffer {
    ProtocolBuffer {
      switch value {
      case .number(let number): $0.add(2, number)
      case .text(let text): $0.add(3, text)
      }
    }
  }

  private static func events(of jobs: [ExportedJob], of study: ExportedStudy) -> [UInt8] {
    let start = jobs.first?.start ?? study.begun
    var file = EventFile(time: start)
    file.addPluginData(
      "_hparams_/session_start_info", plugin: plugin, began(jobs, at: start), time: start)
    for job in jobs {
      for measurement in job.segment.measurements {
        let time = job.time(of: measurement) ?? study.newest
        for (name, value) in measurement.metrics.sorted(by: { $0.key < $1.key }) {
          file.addScalar(name, value, step: measurement.budget, time: time)
        }
      }
    }
    addChanges(of: jobs, to: &file, study)
    guard let last = jobs.last else { return file.bytes }
    let status =
      switch last.segment.outcome {
      case .reached: success
      case .failed: failure
      case nil: running
      }
    let end = last.end ?? study.newest
    let content = ProtocolBuffer {
      $0.add(1, 0)
      $0.add(
        4,
        ProtocolBuffer {
          $0.add(1, status)
          $0.add(2, end)
        })
    }
    file.addPluginData("_hparams_/session_end_info", plugin: plugin, content, time: end)
    return file.bytes
  }

  /// With the newest configuration.
  private static func began(_ jobs: [ExportedJob], at time: Double) -> ProtocolBuffer {
    let session = ProtocolBuffer { session in
      for (name, value) in (jobs.last?.segment.job.configuration.values ?? [:]).sorted(by: { $0.key < $1.key }
      ) {
        session.add(
          1,
          ProtocolBuffer {
            $0.add(1, name)
            $0.add(2, Self.value(value))
          })
      }
      session.add(5, time)
    }
    return ProtocolBuffer {
      $0.add(1, 0)
      $0.add(3, session)
    }
  }

  /// Numbers that change while the trial runs, where each job begins.
  private static func addChanges(of jobs: [ExportedJob], to file: inout EventFile, _ study: ExportedStudy) {
    for name in study.parameterNames {
      let values = jobs.map { $0.segment.job.configuration[name] }
      guard Set(values).count > 1 else { continue }
      for (job, value) in zip(jobs, values) {
        guard case .number(let number) = value else { continue }
        file.addScalar(
          "parameter/\(name)", number, step: job.segment.job.origin.budget, time: job.start ?? study.newest)
      }
    }
  }
}
