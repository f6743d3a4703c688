// Charts that answer to the mouse, in the place of the pictures: drawn by plotly.js, which the page carries packed and opens
// once everything else is shown. Where it cannot be opened, the pictures stay. Here is what all charts share.

const look = getComputedStyle(document.documentElement);
const colour = (name) => look.getPropertyValue(name).trim();
const shades = [0, 1, 2, 3, 4, 5, 6].map((shade) => colour(`--s${shade}`));
const scale = shades.map((shade, place) => [place / (shades.length - 1), shade]);
const options = { responsive: true, displaylogo: false, displayModeBar: false };
const isHigherBetter = data.goal === "maximize";

// Final scores, by trial.
const final = new Map(data.rows.map((row) => [Number(row[0]), number(row[data.scoreColumn])]));
// Charts that other parts of the page act on, by name.
const charts = {};

/** Many points are for a graphics processor; few are drawn everywhere. */
const kind = (count) => (count > 3000 ? "scattergl" : "scatter");
const least = (values) => values.reduce((low, value) => Math.min(low, value), Infinity);
const most = (values) => values.reduce((high, value) => Math.max(high, value), -Infinity);

function layout(more) {
  const axis = { gridcolor: colour("--grid"), zeroline: false, linecolor: colour("--faint"), automargin: true };
  return {
    margin: { l: 8, r: 12, t: 8, b: 8 }, height: 330, showlegend: false, hovermode: "closest",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: colour("--text"), family: "system-ui, sans-serif", size: 12 },
    ...more, xaxis: { ...axis, ...more.xaxis }, yaxis: { ...axis, ...more.yaxis },
  };
}

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
  const margin = Math.max(Math.abs(best - middle) * 0.15, Math.abs(best) * 1e-6, 1e-12);
  return isHigherBetter ? [middle - margin, best + margin] : [best - margin, middle + margin];
}

/** Distances from what cannot be surpassed, where that is known and all are above it; null elsewhere. */
function errors(values) {
  const known = isHigherBetter ? values.map((value) => 1 - value) : values;
  return known.every((value) => !Number.isFinite(value) || value > 0) ? known : null;
}

async function openLibrary() {
  const packed = document.getElementById("charts");
  if (!packed || typeof DecompressionStream === "undefined") return false;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const bytes = Uint8Array.from(atob(packed.textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const library = element("script");
  library.textContent = await new Response(stream).text();
  document.head.append(library);
  return typeof Plotly !== "undefined";
}

/** A chart that cannot be made leaves the picture that was there. */
function makeOrKeep(make, figure) {
  const kept = [...figure.childNodes].map((node) => node.cloneNode(true));
  try {
    make(figure);
  } catch (error) {
    figure.replaceChildren(...kept);
    console.error(error);
  }
}

(async () => {
  if (!await openLibrary()) return;
  for (const [name, make] of Object.entries({ score: scoreChart, curves: curveChart, parallel: parallelChart, pair: pairChart })) {
    const figure = document.querySelector(`[data-chart="${name}"]`);
    if (figure) makeOrKeep(make, figure);
  }
  document.documentElement.dataset.charts = "drawn";
})();
