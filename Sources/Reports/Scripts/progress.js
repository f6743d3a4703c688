// How scores rose, over the study and within each trial.

const scoreMeasures = {
  time: { field: "finished", title: "s" }, jobs: { field: "order", title: "jobs answered" },
  [data.unit]: { field: "trained", title: `${data.unit} trained in all` },
  "group-hours": { field: "hours", title: "hours of groups" },
};

/** The best score and every job's, against time, jobs, budget or the groups' hours. */
function scoreChart(figure) {
  const scored = data.jobs.filter((job) => job.score !== undefined);
  if (!scored.length) return;
  const known = Object.keys(scoreMeasures).filter((name) =>
    scored.every((job) => job[scoreMeasures[name].field] !== undefined));
  const state = { measure: known[0], isLog: false };
  const change = (name) => (value) => { state[name] = value; draw(); };
  const canBeLog = errors(scored.map((job) => job.score)) !== null;
  const drawing = place(figure, [
    choice("against", known, state.measure, change("measure")),
    ...(canBeLog ? [toggle("log of the error", false, change("isLog"))] : []),
  ], "The line is the best so far, a dot the end of a job, a cross a failure. Shown is the better half; a double click shows all."
    + (data.jobsLeftOut > 0 ? ` Left out: ${data.jobsLeftOut} jobs, evenly chosen; trials.csv has them.` : ""));
  const draw = () => Plotly.react(drawing, scoreTraces(scored, state), layout({
    xaxis: { title: { text: scoreMeasures[state.measure].title } },
    yaxis: { title: { text: state.isLog && isHigherBetter ? `1 − ${data.metric}` : data.metric, standoff: 8 },
      type: state.isLog ? "log" : "linear", range: state.isLog ? undefined : betterHalf(scored.map((job) => job.score)) },
  }), options);
  draw();
}

function scoreTraces(scored, { measure, isLog }) {
  const x = (job) => job[scoreMeasures[measure].field];
  const y = (jobs) => {
    const scores = jobs.map((job) => job.score);
    return isLog ? errors(scores) : scores;
  };
  const leaders = data.leaders.map((place) => data.jobs[place]);
  const failed = data.jobs.filter((job) => job.reason !== undefined && x(job) !== undefined);
  const range = betterHalf(scored.map((job) => job.score));
  // Failures have no score: they stand at the worse end.
  const scores = y(scored);
  const floor = !isLog && range ? range[isHigherBetter ? 0 : 1] : isHigherBetter && !isLog ? least(scores) : most(scores);
  const dots = (jobs, values, words, marker) => ({
    type: kind(jobs.length), mode: "markers", x: jobs.map(x), y: values, text: jobs.map(words), marker,
    hovertemplate: "%{text}<extra></extra>" });
  return [
    dots(scored, scores, (job) => `trial ${job.trial} at ${job.to}: ${job.score}`, { color: colour("--s4"), size: 5 }),
    dots(failed, failed.map(() => floor), (job) => `trial ${job.trial}: ${job.reason}`, { color: colour("--failed"), symbol: "x", size: 7 }),
    { type: "scatter", mode: "lines+markers", x: [...leaders.map(x), most(scored.map(x))], y: y([...leaders, ...leaders.slice(-1)]),
      text: leaders.map((job) => `best: trial ${job.trial} at ${job.to}: ${job.score}`), hovertemplate: "%{text}<extra></extra>",
      line: { shape: "hv", color: colour("--best"), width: 2.5 } },
  ];
}

/** A metric along training: a line a trial, or bands of all; the best's lineage, and what was pinned, by itself. */
function curveChart(figure) {
  if (!data.metrics.length || !Object.keys(data.curves).length) return;
  const state = { metric: data.metrics[0], isBanded: data.forks };
  const pinned = new Set();
  const change = (name) => (value) => { state[name] = value; draw(); };
  const drawing = place(figure, [
    choice("metric", data.metrics, state.metric, change("metric")),
    toggle("bands", state.isBanded, change("isBanded")),
    element("button", { type: "button", onclick: () => { pinned.clear(); draw(); } }, "unpin"),
  ], "In vermilion the best and what its weights came from. Bands hold the middle half and eight tenths of all trials. A click "
    + `on a trial's line pins it. Drawn: ${Object.keys(data.curves).length} of ${data.rows.length} trials.`);
  const draw = () => {
    const { metric, isBanded } = state;
    const trials = Object.keys(data.curves).map(Number);
    const values = trials.flatMap((trial) => heights(curve(trial, metric)));
    Plotly.react(drawing, [
      ...(isBanded ? bands(trials, metric) : lines(trials, metric)),
      single(data.best, "the best's lineage", lineage(metric), colour("--best"), 3),
      ...[...pinned].map((trial) => single(trial, `trial ${trial}`, curve(trial, metric), colour("--pin"), 2.5)),
    ], layout({ showlegend: pinned.size > 0,
      xaxis: { title: { text: data.unit }, ...(data.budgetsAreLog ? { type: "log", dtick: "D2" } : {}) },
      yaxis: { title: { text: metric, standoff: 8 }, range: metric === data.metric ? betterHalf(values) : undefined } }), options);
  };
  charts.pin = (trial) => {
    if (!pinned.delete(trial)) pinned.add(trial);
    draw();
    drawing.scrollIntoView({ block: "nearest" });
  };
  draw();
  drawing.on("plotly_click", ({ points: [point] }) => { if (point.customdata !== undefined) charts.pin(point.customdata); });
}

/** Budgets and values in turn. */
const curve = (trial, metric) => data.curves[trial]?.[metric] ?? [];
const budgets = (points) => points.filter((_, place) => place % 2 === 0);
const heights = (points) => points.filter((_, place) => place % 2 === 1);

function quantile(ordered, share) {
  const place = (ordered.length - 1) * share;
  const below = Math.floor(place);
  return ordered[below] + (ordered[Math.min(below + 1, ordered.length - 1)] - ordered[below]) * (place - below);
}

function bands(trials, metric) {
  const values = new Map();
  for (const trial of trials) {
    const points = curve(trial, metric);
    for (let place = 0; place < points.length; place += 2) {
      if (!values.has(points[place])) values.set(points[place], []);
      values.get(points[place]).push(points[place + 1]);
    }
  }
  const along = [...values.keys()].sort((x, y) => x - y);
  for (const list of values.values()) list.sort((x, y) => x - y);
  const edge = (share) => along.map((budget) => quantile(values.get(budget), share));
  const band = (low, high, opacity) => ({
    type: "scatter", mode: "lines", x: [...along, ...[...along].reverse()], y: [...edge(high), ...edge(low).reverse()],
    fill: "toself", fillcolor: colour("--s3"), opacity, line: { width: 0 }, hoverinfo: "skip", showlegend: false });
  return [band(0.1, 0.9, 0.25), band(0.25, 0.75, 0.4),
    { type: "scatter", mode: "lines", x: along, y: edge(0.5), line: { color: colour("--s6"), width: 1.5 }, showlegend: false,
      hovertemplate: "median<br>%{y:.5g}<extra></extra>" }];
}

/** A trace for each shade, from the worst trials to the best: gaps part the trials. */
function lines(trials, metric) {
  const ordered = trials.map((trial) => final.get(trial)).filter(Number.isFinite).sort((x, y) => (isHigherBetter ? x - y : y - x));
  const ranks = new Map(ordered.map((score, rank) => [score, rank]));
  const count = trials.reduce((sum, trial) => sum + curve(trial, metric).length / 2, 0);
  const traces = shades.map((shade) => ({
    type: kind(count), mode: "lines+markers", x: [], y: [], customdata: [], line: { color: shade, width: 1.3 },
    marker: { size: 3, color: shade }, hovertemplate: "trial %{customdata}<br>%{y:.5g}<extra></extra>", showlegend: false }));
  for (const trial of trials) {
    const shade = Math.floor((shades.length * (ranks.get(final.get(trial)) ?? 0)) / Math.max(ordered.length, 1));
    const [trace, points] = [traces[Math.min(shade, shades.length - 1)], curve(trial, metric)];
    for (let place = 0; place < points.length; place += 2) {
      trace.x.push(points[place]); trace.y.push(points[place + 1]); trace.customdata.push(trial);
    }
    trace.x.push(null); trace.y.push(null); trace.customdata.push(trial);
  }
  return traces.filter((trace) => trace.x.length);
}

function single(trial, name, points, color, width) {
  const along = budgets(points);
  return { type: "scatter", mode: "lines+markers", name, x: along, y: heights(points), customdata: along.map(() => trial),
    line: { color, width }, marker: { size: 4, color }, hovertemplate: `${name}<br>%{y:.5g}<extra></extra>` };
}

/** What the best's weights went through, trial after trial. */
function lineage(metric) {
  return data.lineage.flatMap(({ trial, from, to }) => {
    const points = curve(trial, metric);
    return points.filter((_, place) => {
      const budget = points[place - (place % 2)];
      return budget > from && budget <= to;
    });
  });
}
