// Scores over the search space: all hyperparameters together, and any two of them.

// Of fewer trials such charts say nothing; of more than so many, the best are drawn.
const [fewestTrials, mostTrials] = [12, 2000];

const scoredTrials = () => data.rows.map((row) => ({ row, score: number(row[data.scoreColumn]) }))
  .filter(({ score }) => Number.isFinite(score)).slice(0, mostTrials);

/** A hyperparameter's values as numbers, with their labels where they are words or lie on a log scale. */
function dimension(parameter, rows) {
  const column = data.columns.findIndex(({ name, parameter: isOne }) => isOne && name === parameter.name);
  const texts = rows.map((row) => row[column]);
  if (parameter.choices) {
    return { values: texts.map((text) => (text === "" ? NaN : parameter.choices.indexOf(text))), ticktext: parameter.choices,
      tickvals: parameter.choices.map((_, place) => place) };
  }
  if (parameter.scale !== "log") return { values: texts.map(number) };
  return { values: texts.map((text) => Math.log10(number(text))), ...logTicks(parameter) };
}

/** Powers of ten; where the range holds few of them, what doubles and halves them, too. */
function logTicks({ low: first, high: last }) {
  const [low, high] = [first * (1 - 1e-9), last * (1 + 1e-9)];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const factor of high / low < 1000 ? [1, 2, 5] : [1]) {
      const value = factor * 10 ** power;
      if (value >= low && value <= high) ticks.push({ place: Math.log10(factor) + power, factor, power });
    }
  }
  const text = ({ factor, power }) =>
    (Math.abs(power) > 3 ? `${factor}e${power}` : String(Number((factor * 10 ** power).toPrecision(1))));
  return { tickvals: ticks.map(({ place }) => place), ticktext: ticks.map(text) };
}

function scoreScale(scores) {
  const [cmin, cmax] = betterHalf(scores) ?? [least(scores), most(scores)];
  return { color: scores, cmin, cmax, colorscale: scale, reversescale: !isHigherBetter };
}

/** A line a trial, an axis a hyperparameter; drawn when it is unfolded, because what is folded has no width. */
function parallelChart(figure) {
  const trials = scoredTrials();
  if (data.parameters.length < 2 || trials.length < fewestTrials) return;
  const fold = figure.closest("details");
  fold.hidden = false;
  fold.addEventListener("toggle", () => drawParallel(figure, trials), { once: true });
}

function drawParallel(figure, trials) {
  const rows = trials.map(({ row }) => row);
  const scores = trials.map(({ score }) => score);
  // A little beyond the ends, so that no tick stands in an axis' name.
  const padded = (values) => {
    const known = values.filter(Number.isFinite);
    const [low, high] = [least(known), most(known)];
    return [low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)];
  };
  const dimensions = data.parameters.slice(0, 12).map((parameter) => {
    const along = dimension(parameter, rows);
    return { label: parameter.name, ...along, range: padded([...along.values, ...(along.tickvals ?? [])]) };
  });
  const drawing = place(figure, []);
  // On a narrow screen the drawing scrolls.
  drawing.style.minWidth = `${120 * (dimensions.length + 1)}px`;
  Plotly.react(drawing, [{
    type: "parcoords", dimensions: [...dimensions, { label: data.metric, values: scores, range: padded(scores) }],
    line: scoreScale(scores), labelfont: { size: 12 }, tickfont: { color: colour("--text"), size: 11 },
  }], { ...layout({}), height: 380, margin: { l: 64, r: 64, t: 44, b: 32 } }, options);
}

/** Two hyperparameters: a dot a trial, over what the forest expects where that was worked out. */
function pairChart(figure) {
  const trials = scoredTrials();
  if (data.parameters.length < 2 || trials.length < fewestTrials) {
    figure.remove();
    return;
  }
  figure.hidden = false;
  const names = data.parameters.map(({ name }) => name);
  const [surface] = data.surfaces;
  const state = surface ? { across: surface.x, up: surface.y } : { across: names[0], up: names[1] };
  const change = (name) => (value) => { state[name] = value; draw(); };
  const drawing = place(figure, [
    choice("across", names, state.across, change("across")), choice("up", names, state.up, change("up")),
  ]);
  const draw = () => {
    const along = (name) => dimension(data.parameters[names.indexOf(name)], trials.map(({ row }) => row));
    const axis = (name, { tickvals, ticktext }) => ({ title: { text: name, standoff: 8 }, tickvals, ticktext });
    const [x, y] = [along(state.across), along(state.up)];
    Plotly.react(drawing, pairTraces(trials, x, y, surfaceOf(state.across, state.up)),
      layout({ xaxis: axis(state.across, x), yaxis: axis(state.up, y) }), options);
  };
  draw();
}

function pairTraces(trials, x, y, surface) {
  const expected = surface && {
    type: "contour", ...surface, colorscale: scale, reversescale: !isHigherBetter, opacity: 0.45, showscale: false,
    contours: { coloring: "heatmap" }, line: { width: 0.6 }, hoverinfo: "skip" };
  const dots = {
    type: kind(trials.length), mode: "markers", x: x.values, y: y.values, hovertemplate: "%{text}<extra></extra>",
    text: trials.map(({ row, score }) => `trial ${row[0]}: ${score}`),
    marker: { size: 7, ...scoreScale(trials.map(({ score }) => score)), showscale: true,
      colorbar: { thickness: 10, outlinewidth: 0 }, line: { width: 0.5, color: colour("--card") } } };
  return expected ? [expected, dots] : [dots];
}

/** What the forest expects of two hyperparameters together; undefined where that was not worked out. */
function surfaceOf(first, second) {
  const along = (name, places) =>
    (data.parameters.find((one) => one.name === name).scale === "log" ? places.map(Math.log10) : places);
  const straight = data.surfaces.find(({ x, y }) => x === first && y === second);
  if (straight) return { x: along(first, straight.xs), y: along(second, straight.ys), z: straight.z };
  const turned = data.surfaces.find(({ x, y }) => x === second && y === first);
  if (!turned) return undefined;
  const z = turned.xs.map((_, column) => turned.z.map((line) => line[column]));
  return { x: along(first, turned.ys), y: along(second, turned.xs), z };
}
