import Foundation
import Search
import Testing
import Tuner

@testable import Exports

/// Each view, opened by the program that it is for.
@Suite(.enabled(if: Readers.python != nil, Readers.missing))
struct ReaderTests {
  @Test func `pandas reads a row a job`() throws {
    let golden = try GoldenStudy("population/finished")
    defer { golden.remove() }
    try golden.write(JobsFormat.self)
    let rows = try Readers.run(
      """
      import pandas
      table = pandas.read_csv("jobs.csv")
      print(json.dumps([list(table.trial), list(table.score), list(table.to_budget), list(table.work_seconds >= 0)]))
      """, in: golden.directory)
    let columns = try #require(rows as? [[Double]])
    let jobs = golden.study.jobs
    #expect(columns[0] == jobs.map { Double($0.segment.job.trial.rawValue) })
    #expect(Readers.areEqual(columns[1], jobs.map { golden.study.score(of: $0) ?? .nan }))
    #expect(columns[2] == jobs.map { Double($0.segment.job.target) })
    #expect(columns[3].allSatisfy { $0 == 1 })
  }

  @Test(arguments: ["population/finished", "halving/journal"])
  func `TensorBoard reads every metric and the table of hyperparameters`(name: String) throws {
    let golden = try GoldenStudy(name)
    defer { golden.remove() }
    try golden.write(TensorBoardFormat.self)
    let read = try Readers.run(
      """
      from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
      from tensorboard.plugins.hparams import metadata
      board = EventMultiplexer().AddRunsFromDirectory("tensorboard")
      board.Reload()
      runs = {}
      for run, tags in board.Runs().items():
          scalars = {tag: [[e.step, e.value] for e in board.Scalars(run, tag)] for tag in tags["scalars"]} if tags["scalars"] else {}
          data = board.SummaryMetadata(run, "_hparams_/session_start_info") if run != "." else None
          start = metadata.parse_session_start_info_plugin_data(data.plugin_data.content) if data else None
          runs[run] = [scalars or {tag: [[e.step, float(e.tensor_proto.float_val[0])] for e in board.Tensors(run, tag)]
              for tag in tags["tensors"] if not tag.startswith("_")},
              {key: value.number_value for key, value in start.hparams.items()} if start else {}]
      content = board.SummaryMetadata(".", "_hparams_/experiment").plugin_data.content
      experiment = metadata.parse_experiment_plugin_data(content)
      print(json.dumps([runs, [info.name for info in experiment.hparam_infos], [info.name.tag for info in experiment.metric_infos]]))
      """, in: golden.directory)
    let parts = try #require(read as? [Any])
    let runs = try #require(parts[0] as? [String: [[String: Any]]])
    #expect(runs.count == golden.study.history.trials.count + 1)
    #expect(parts[1] as? [String] == golden.study.parameterNames)
    #expect(parts[2] as? [String] == golden.study.metricNames)
    for jobs in golden.study.trials {
      let last = try #require(jobs.last)
      let run = try #require(runs["trial-00000\(last.segment.job.trial.rawValue)"])
      let metric = golden.study.history.objective.metric
      let measured = jobs.flatMap(\.segment.measurements)
      let expected = measured.compactMap { found in
        found.metrics[metric].map { [Double(found.budget), Double(Float($0))] }
      }
      let found = run[0][metric] as? [[Double]] ?? []
      #expect(Readers.areEqual(found.flatMap(\.self), expected.flatMap(\.self)))
      for (name, value) in last.segment.job.configuration.values {
        guard case .number(let number) = value else { continue }
        #expect(Readers.areEqual([run[1][name] as? Double ?? .nan], [number]))
      }
    }
  }

  @Test(arguments: ["population/finished", "halving/finished", "halving/journal", "objectives/finished"])
  func `Optuna finds the trials, and the study's winner`(name: String) throws {
    let golden = try GoldenStudy(name)
    defer { golden.remove() }
    try golden.write(OptunaFormat.self)
    let read = try Readers.run(
      """
      import optuna
      storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend("optuna.log"))
      study = optuna.load_study(study_name=None, storage=storage)
      single = len(study.directions) == 1
      print(json.dumps([study.study_name, [t.state.name for t in study.trials], [t.params for t in study.trials],
          [t.values for t in study.trials], [{str(k): v for k, v in t.intermediate_values.items()} for t in study.trials],
          study.best_trial.number if single else [t.number for t in study.best_trials],
          [t.duration.total_seconds() >= 0 for t in study.trials if t.duration is not None]]))
      """, in: golden.directory)
    let parts = try #require(read as? [Any])
    let history = golden.study.history
    #expect(parts[0] as? String == history.study)
    let states = try #require(parts[1] as? [String])
    let values = try #require(parts[3] as? [Any])
    #expect(states.count == history.trials.count)
    for (number, jobs) in golden.study.trials.enumerated() {
      let last = try #require(jobs.last)
      #expect((states[number] == "RUNNING") == (last.segment.outcome == nil))
      if last.segment.cost != nil {
        let value = (values[number] as? [Double])?.first ?? .nan
        #expect(Readers.areEqual([value], [golden.score(of: number) ?? .nan]))
      }
      let parameters = try #require(parts[2] as? [[String: Any]])[number]
      #expect(Set(parameters.keys) == Set(last.segment.job.configuration.values.keys))
    }
    if history.objective.further.isEmpty {
      // A winner that trains on is at work for Optuna, which ranks those that are done.
      let best = try #require(history.best?.trial.rawValue)
      if states[best] != "RUNNING" { #expect(parts[5] as? Int == best) }
    } else {
      #expect(Set(try #require(parts[5] as? [Int])) == Set(history.paretoFront.map(\.trial.rawValue)))
    }
  }

  @Test func `optuna-dashboard answers with the study`() throws {
    let golden = try GoldenStudy("halving/finished")
    defer { golden.remove() }
    try golden.write(OptunaFormat.self)
    let read = try Readers.run(
      """
      import io, optuna
      from optuna_dashboard import wsgi
      storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend("optuna.log"))
      app, status = wsgi(storage), []
      def get(path):
          environment = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "here", "SERVER_PORT": "80",
              "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
              "CONTENT_TYPE": "application/json"}
          return json.loads(b"".join(app(environment, lambda code, headers, *more: status.append(code))))
      studies = get("/api/studies")
      detail = get("/api/studies/0")
      print(json.dumps([status, str(studies), len(detail["trials"])]))
      """, in: golden.directory)
    let parts = try #require(read as? [Any])
    #expect(try #require(parts[0] as? [String]).allSatisfy { $0.hasPrefix("200") })
    #expect(try #require(parts[1] as? String).contains(golden.study.history.study))
    #expect(parts[2] as? Int == golden.study.history.trials.count)
  }

  @Test func `MLflow finds a run a trial`() throws {
    let golden = try GoldenStudy("population/finished")
    defer { golden.remove() }
    try golden.write(MLflowFormat.self)
    let read = try Readers.run(
      """
      import os
      os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
      from mlflow.tracking import MlflowClient
      client = MlflowClient("file:" + os.path.abspath("mlruns"))
      experiment = client.get_experiment_by_name("\(golden.study.history.study)")
      runs = sorted(client.search_runs([experiment.experiment_id]), key=lambda run: run.info.run_name)
      metric = "\(golden.study.history.objective.metric)"
      print(json.dumps([[run.info.run_name for run in runs], [run.info.status for run in runs],
          [run.data.metrics[metric] for run in runs], [run.data.params for run in runs],
          [[m.step for m in client.get_metric_history(run.info.run_id, metric)] for run in runs]]))
      """, in: golden.directory)
    let parts = try #require(read as? [Any])
    let trials = golden.study.trials
    #expect(parts[0] as? [String] == trials.indices.map { "trial \($0)" })
    #expect(try #require(parts[1] as? [String]).allSatisfy { $0 == "FINISHED" })
    let scores = parts[2] as? [Double] ?? []
    #expect(Readers.areEqual(scores, trials.indices.map { golden.score(of: $0) ?? .nan }))
    let steps = trials.map { $0.flatMap(\.segment.measurements).map(\.budget) }
    #expect(parts[4] as? [[Int]] == steps)
  }

  @Test(
    .enabled(
      if: Readers.hasTraceProcessor,
      "Perfetto's Python fetches its trace processor from the network, which failed"))
  func `Perfetto's trace processor finds every slice`() throws {
    let golden = try GoldenStudy("population/finished")
    defer { golden.remove() }
    try golden.write(TraceFormat.self)
    let read = try Readers.run(
      """
      from perfetto.trace_processor import TraceProcessor
      processor = TraceProcessor(trace="trace.json")
      print(json.dumps([row.name for row in processor.query("select name from slice where dur > 0 order by ts")]))
      """, in: golden.directory)
    #expect((read as? [String])?.count == golden.study.jobs.count { $0.end != nil })
  }
}
