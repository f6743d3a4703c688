// Charts that answer to the mouse, in the place of the pictures: drawn by plotly.js, which the page carries packed and opens
// once everything else is shown. Where it cannot be opened, the pictures stay.
let charts = null;

function startCharts(Plotly) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const shades = [0, 1, 2, 3, 4, 5, 6].map((shade) => colour(`--s${shade}`));
  const scale = shades.map((shade, place) => [place / (shades.length - 1), shade]);
  const isHigherBetter = data.goal === "maximize";
  const options = { responsive: true, displaylogo: false, displayModeBar: false };
  const pinned = new Set();
  // Of fewer trials, charts of many hyperparameters say nothing.
  const fewest = 12;
  const scoreColumn = data.columns.findIndex(({ name }) => name === data.metric);
  // Final scores, by trial.
  const final = new Map(data.rows.map((row) => [Number(row[0]), number(row[scoreColumn])]));

  function layout(more) {
    const axis = { gridcolor: colour("--grid"), zeroline: false, linecolor: colour("--faint"), automargin: true };
    return {
      margin: { l: 8, r: 12, t: 8, b: 8 }, height: 330, showlegend: false, hovermode: "closest",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--text"), family: "system-ui, sans-serif", size: 12 },
      ...more, xaxis: { ...axis, ...more.xaxis }, yaxis: { ...axis, ...more.yaxis },
    };
  }

  /** Many points are for a graphics processor; few are drawn everywhere. */
  const kind = (count) => (count > 3000 ? "scattergl" : "scatter");

  /** Takes the place of a figure's picture and caption; answers the element to draw in, below the controls. */
  function place(figure, controls, caption) {
    const drawing = element("div", { class: "chart" });
    if (caption) figure.querySelector("figcaption").textContent = caption;
    figure.querySelector(".drawing").replaceChildren(element("div", { class: "controls" }, ...controls), drawing);
    return drawing;
  }

  /** From the best to the middle of the values, and a little beyond: most of what is searched for lies there. */
  function betterHalf(values) {
    const ordered = values.filter(Number.isFinite).sort((x, y) => (isHigherBetter ? y - x : x - y));
    if (ordered.length < 8) return undefined;
    const [best, middle] = [ordered[0], ordered[Math.floor(ordered.length / 2)]];
    const margin = Math.max(Math.abs(best - middle) * 0.15, 1e-12);
    return isHigherBetter ? [middle - margin, best + margin] : [best - margin, middle + margin];
  }

  /** Distances from what cannot be surpassed, where that is known and all are above it. */
  function errors(values) {
    const known = isHigherBetter ? values.map((value) => 1 - value) : values;
    return known.every((value) => !Number.isFinite(value) || value > 0) ? known : null;
  }

  function scoreChart(figure) {
    const jobs = data.jobs.filter((job) => job.score !== undefined);
    if (!jobs.length) return;
    const hours = data.jobs.some((job) => job.seconds !== undefined);
    const measures = { time: "finished", jobs: "order", [data.unit]: "trained", ...(hours ? { "group-hours": "hours" } : {}) };
    let [measure, isLog] = [data.jobs.every((job) => job.finished !== undefined || job.score === undefined) ? "time" : "jobs", false];
    const unit = { time: "s", jobs: "jobs answered", [data.unit]: `${data.unit} trained in all`, "group-hours": "hours of groups" };
    const scores = jobs.map((job) => job.score);
    const drawing = place(figure, [
      choice("against", Object.keys(measures), measure, (name) => { measure = name; draw(); }),
      ...(errors(scores) ? [toggle("log of the error", isLog, (isOn) => { isLog = isOn; draw(); })] : []),
    ], "The line is the best so far, a dot the end of a job, a cross a failure. Shown is the better half; a double click shows all.");
    function draw() {
      const x = (job) => job[measures[measure]];
      const y = (list) => (isLog ? errors(list) : list);
      const leaders = data.leaders.map((index) => data.jobs[index]);
      const last = Math.max(...jobs.map(x));
      const failed = data.jobs.filter((job) => job.reason !== undefined);
      const range = isLog ? undefined : betterHalf(scores);
      const floor = isLog ? Math.max(...y(scores)) : range ? range[isHigherBetter ? 0 : 1] : isHigherBetter ? Math.min(...scores) : Math.max(...scores);
      Plotly.react(drawing, [
        { type: kind(jobs.length), mode: "markers", x: jobs.map(x), y: y(scores), text: jobs.map((job) => `trial ${job.trial} at ${job.to}`),
          hovertemplate: "%{text}<br>%{y:.5g}<extra></extra>", marker: { color: colour("--s4"), size: 5 } },
        { type: kind(failed.length), mode: "markers", x: failed.map(x), y: failed.map(() => floor), text: failed.map((job) => `trial ${job.trial}: ${job.reason}`),
          hovertemplate: "%{text}<extra></extra>", marker: { color: colour("--failed"), symbol: "x", size: 7 } },
        { type: "scatter", mode: "lines+markers", x: [...leaders.map(x), last], y: y([...leaders, leaders.at(-1)].map((job) => job.score)),
          text: leaders.map((job) => `trial ${job.trial} at ${job.to}`), hovertemplate: "best: %{text}<br>%{y:.5g}<extra></extra>",
          line: { shape: "hv", color: colour("--best"), width: 2.5 } },
      ], layout({ xaxis: { title: { text: unit[measure] } },
        yaxis: { title: { text: isLog && isHigherBetter ? `1 − ${data.metric}` : data.metric, standoff: 8 }, type: isLog ? "log" : "linear", range } }), options);
    }
    draw();
  }

  function quantile(ordered, share) {
    const place = (ordered.length - 1) * share;
    const below = Math.floor(place);
    return ordered[below] + (ordered[Math.min(below + 1, ordered.length - 1)] - ordered[below]) * (place - below);
  }

  function curveChart(figure) {
    if (!data.metrics.length) return;
    let [metric, isBanded] = [data.metrics[0], data.forks];
    const drawing = place(figure, [
      choice("metric", data.metrics, metric, (name) => { metric = name; draw(); }),
      toggle("bands", isBanded, (isOn) => { isBanded = isOn; draw(); }),
      element("button", { type: "button", onclick: () => { pinned.clear(); draw(); } }, "unpin"),
    ], `In vermilion the best and what its weights came from. Bands hold the middle half and eight tenths of all trials. A click on `
      + `a trial's line pins it. Drawn: ${Object.keys(data.curves).length} of ${data.rows.length} trials.`);
    const points = (trial) => data.curves[trial]?.[metric] ?? [];
    function bands(trials) {
      const values = new Map();
      for (const trial of trials) {
        const list = points(trial);
        for (let place = 0; place < list.length; place += 2) {
          if (!values.has(list[place])) values.set(list[place], []);
          values.get(list[place]).push(list[place + 1]);
        }
      }
      const budgets = [...values.keys()].sort((x, y) => x - y);
      for (const list of values.values()) list.sort((x, y) => x - y);
      const edge = (share) => budgets.map((budget) => quantile(values.get(budget), share));
      const band = (low, high, opacity) => ({
        type: "scatter", mode: "lines", x: [...budgets, ...[...budgets].reverse()], y: [...edge(high), ...edge(low).reverse()],
        fill: "toself", fillcolor: colour("--s3"), opacity, line: { width: 0 }, hoverinfo: "skip" });
      return [band(0.1, 0.9, 0.25), band(0.25, 0.75, 0.4),
        { type: "scatter", mode: "lines", x: budgets, y: edge(0.5), line: { color: colour("--s6"), width: 1.5 },
          hovertemplate: "median<br>%{y:.5g}<extra></extra>" }];
    }
    function lines(trials) {
      const scores = trials.map((trial) => final.get(trial)).filter(Number.isFinite).sort((x, y) => (isHigherBetter ? x - y : y - x));
      const count = trials.reduce((sum, trial) => sum + points(trial).length / 2, 0);
      const traces = shades.map((shade) => ({
        type: kind(count), mode: "lines+markers", x: [], y: [], customdata: [], line: { color: shade, width: 1.3 }, marker: { size: 3, color: shade },
        hovertemplate: "trial %{customdata}<br>%{y:.5g}<extra></extra>" }));
      for (const trial of trials) {
        const rank = scores.findIndex((score) => score === final.get(trial));
        const trace = traces[Math.max(0, Math.min(6, Math.floor((7 * rank) / Math.max(scores.length, 1))))];
        const list = points(trial);
        for (let place = 0; place < list.length; place += 2) {
          trace.x.push(list[place]); trace.y.push(list[place + 1]); trace.customdata.push(trial);
        }
        trace.x.push(null); trace.y.push(null); trace.customdata.push(trial);
      }
      return traces.filter((trace) => trace.x.length);
    }
    function single(trial, name, list, color, width) {
      return { type: "scatter", mode: "lines+markers", name, x: list.filter((_, place) => place % 2 === 0), y: list.filter((_, place) => place % 2 === 1),
        customdata: list.filter((_, place) => place % 2 === 0).map(() => trial), line: { color, width }, marker: { size: 4, color },
        hovertemplate: `${name}<br>%{y:.5g}<extra></extra>` };
    }
    function lineage() {
      return data.lineage.flatMap(({ trial, from, to }) => {
        const list = points(trial);
        return list.filter((_, place) => { const budget = list[place - (place % 2)]; return budget > from && budget <= to; });
      });
    }
    function draw() {
      const trials = Object.keys(data.curves).map(Number);
      const all = trials.flatMap((trial) => points(trial).filter((_, place) => place % 2 === 1));
      Plotly.react(drawing, [
        ...(isBanded ? bands(trials) : lines(trials)),
        single(data.best, "the best's lineage", lineage(), colour("--best"), 3),
        ...[...pinned].map((trial) => single(trial, `trial ${trial}`, points(trial), colour("--pin"), 2.5)),
      ], layout({ showlegend: pinned.size > 0, xaxis: { title: { text: data.unit }, ...(data.budgetsAreLog ? { type: "log", dtick: "D2" } : {}) },
        yaxis: { title: { text: metric, standoff: 8 }, range: metric === data.metric ? betterHalf(all) : undefined } }), options);
    }
    draw();
    drawing.on("plotly_click", ({ points: [point] }) => { if (point.customdata !== undefined) charts.pin(point.customdata); });
    charts = { pin: (trial) => {
      if (!pinned.delete(trial)) pinned.add(trial);
      draw();
      drawing.scrollIntoView({ block: "nearest" });
    } };
  }

  /** A hyperparameter's values as numbers, with their labels where they are words or lie on a log scale. */
  function dimension(parameter, rows) {
    const column = data.columns.findIndex(({ name, parameter: isOne }) => isOne && name === parameter.name);
    const texts = rows.map((row) => row[column]);
    if (parameter.choices) {
      return { values: texts.map((text) => parameter.choices.indexOf(text)), tickvals: parameter.choices.map((_, place) => place), ticktext: parameter.choices };
    }
    const isLog = parameter.scale === "log";
    const values = texts.map((text) => (isLog ? Math.log10(number(text)) : number(text)));
    if (!isLog) return { values };
    const [low, high] = [parameter.low * (1 - 1e-9), parameter.high * (1 + 1e-9)];
    const ticks = [];
    // Powers of ten; where the range holds few of them, what doubles and halves them, too.
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
      for (const factor of high / low < 1000 ? [1, 2, 5] : [1]) ticks.push([factor, power]);
    }
    const shown = ticks.filter(([factor, power]) => factor * 10 ** power >= low && factor * 10 ** power <= high);
    return { values, tickvals: shown.map(([factor, power]) => Math.log10(factor) + power),
      ticktext: shown.map(([factor, power]) => (Math.abs(power) > 3 ? `${factor}e${power}` : String(Number((factor * 10 ** power).toPrecision(1))))) };
  }

  function scored() {
    return data.rows.map((row) => ({ row, score: number(row[scoreColumn]) })).filter(({ score }) => Number.isFinite(score)).slice(0, 2000);
  }

  function parallelChart(figure) {
    const trials = scored();
    if (data.parameters.length < 2 || trials.length < fewest) return;
    const fold = figure.closest("details");
    fold.hidden = false;
    // What is folded has no width yet.
    fold.addEventListener("toggle", () => drawParallel(figure, trials), { once: true });
  }

  function drawParallel(figure, trials) {
    const rows = trials.map(({ row }) => row);
    const scores = trials.map(({ score }) => score);
    const range = betterHalf(scores) ?? [Math.min(...scores), Math.max(...scores)];
    // A little beyond the ends, so that no tick stands in an axis' name.
    const padded = (values) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];
    };
    const dimensions = data.parameters.slice(0, 12).map((parameter) => {
      const along = dimension(parameter, rows);
      return { label: parameter.name, ...along, range: padded(along.tickvals?.length ? along.values.concat(along.tickvals) : along.values) };
    });
    const drawing = place(figure, []);
    // On a narrow screen the drawing scrolls.
    drawing.style.minWidth = `${120 * (dimensions.length + 1)}px`;
    Plotly.react(drawing, [{
      type: "parcoords", dimensions: [...dimensions, { label: data.metric, values: scores, range: padded(scores) }],
      line: { color: scores, cmin: range[0], cmax: range[1], colorscale: scale, reversescale: !isHigherBetter },
      labelfont: { size: 12 }, tickfont: { color: colour("--text"), size: 11 },
    }], { ...layout({}), height: 380, margin: { l: 64, r: 64, t: 44, b: 32 } }, options);
  }

  /** What the forest expects of two hyperparameters together; undefined where that was not worked out. */
  function surfaceOf(first, second) {
    const along = (name, places) => (data.parameters.find((one) => one.name === name).scale === "log" ? places.map(Math.log10) : places);
    const straight = data.surfaces.find(({ x, y }) => x === first && y === second);
    if (straight) return { x: along(first, straight.xs), y: along(second, straight.ys), z: straight.z };
    const turned = data.surfaces.find(({ x, y }) => x === second && y === first);
    if (!turned) return undefined;
    const z = turned.xs.map((_, column) => turned.z.map((line) => line[column]));
    return { x: along(first, turned.ys), y: along(second, turned.xs), z };
  }

  function pairChart(figure) {
    const trials = scored();
    if (data.parameters.length < 2 || trials.length < fewest) return figure.remove();
    figure.hidden = false;
    const names = data.parameters.map(({ name }) => name);
    let [first, second] = data.surfaces.length ? [data.surfaces[0].x, data.surfaces[0].y] : names;
    const drawing = place(figure, [
      choice("across", names, first, (name) => { first = name; draw(); }),
      choice("up", names, second, (name) => { second = name; draw(); }),
    ]);
    const rows = trials.map(({ row }) => row);
    const scores = trials.map(({ score }) => score);
    const range = betterHalf(scores) ?? [Math.min(...scores), Math.max(...scores)];
    function draw() {
      const [x, y] = [first, second].map((name) => dimension(data.parameters[names.indexOf(name)], rows));
      const axis = (name, values) => ({ title: { text: name, standoff: 8 }, tickvals: values.tickvals, ticktext: values.ticktext });
      const surface = surfaceOf(first, second);
      Plotly.react(drawing, [
        ...(surface ? [{ type: "contour", ...surface, colorscale: scale, reversescale: !isHigherBetter,
          opacity: 0.45, showscale: false, contours: { coloring: "heatmap" }, line: { width: 0.6 }, hoverinfo: "skip" }] : []),
        { type: kind(rows.length), mode: "markers", x: x.values, y: y.values, text: trials.map(({ row, score }) => `trial ${row[0]}: ${score}`),
          hovertemplate: "%{text}<extra></extra>",
          marker: { size: 7, color: scores, cmin: range[0], cmax: range[1], colorscale: scale, reversescale: !isHigherBetter, showscale: true,
            colorbar: { thickness: 10, outlinewidth: 0 }, line: { width: 0.5, color: colour("--card") } } },
      ], layout({ xaxis: axis(first, x), yaxis: axis(second, y) }), options);
    }
    draw();
  }

  for (const [name, make] of Object.entries({ score: scoreChart, curves: curveChart, parallel: parallelChart, pair: pairChart })) {
    const figure = document.querySelector(`[data-chart="${name}"]`);
    if (figure) make(figure);
  }
  document.documentElement.dataset.charts = "drawn";
}

(async () => {
  const packed = document.getElementById("charts");
  if (!packed || typeof DecompressionStream === "undefined") return;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const bytes = Uint8Array.from(atob(packed.textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const library = element("script");
  library.textContent = await new Response(stream).text();
  document.head.append(library);
  startCharts(window.Plotly);
})();
