// The table of trials: all of them, fifty a page, sorted, filtered, with the columns that one wants; a click on a row opens
// its jobs.
const trialTable = (() => {
  const table = document.querySelector("#trials table");
  if (!table) return null;
  const pageSize = 50;
  const names = data.columns.map((column) => column.name);
  let [sorted, descending, page, terms] = [null, false, 0, []];
  const hidden = new Set();
  let rows = data.rows;

  const count = element("span", { class: "note" });
  const filter = element("input", {
    type: "search", placeholder: "filter: words, learning_rate<0.01", "aria-label": "filter", oninput: () => {
      terms = filter.value.split(/\s+/).filter((term) => term !== "").map(test);
      page = 0;
      select();
    },
  });
  const chooser = element("details", { class: "chooser" }, element("summary", {}, "columns"),
    ...names.map((name, place) => toggle(name, true, (isOn) => {
      if (isOn) hidden.delete(place); else hidden.add(place);
      draw();
    })));
  const pages = element("span", { class: "pages" });
  table.parentElement.before(element("div", { class: "controls" }, filter, chooser, pages, count));

  /** What a term of the filter asks of a row: a comparison with a column's number, or a word in any cell. */
  function test(term) {
    const [, name, comparison, bound] = /^(.+?)(<=|>=|<|>|=)(.+)$/.exec(term) ?? [];
    const place = names.indexOf(name);
    if (place < 0) return (row) => row.some((cell) => cell.includes(term));
    const limit = parseFloat(bound);
    return {
      "<": (row) => number(row[place]) < limit, ">": (row) => number(row[place]) > limit,
      "<=": (row) => number(row[place]) <= limit, ">=": (row) => number(row[place]) >= limit,
      "=": (row) => row[place] === bound || number(row[place]) === limit,
    }[comparison];
  }

  function select() {
    rows = data.rows.filter((row) => terms.every((holds) => holds(row)));
    if (sorted !== null) {
      const order = (first, second) => {
        const [x, y] = [number(first[sorted]), number(second[sorted])];
        if (Number.isNaN(x) || Number.isNaN(y)) {
          // What there is not comes last, whichever way the others are sorted.
          if (first[sorted] === "" || second[sorted] === "") return (first[sorted] === "") - (second[sorted] === "");
          return first[sorted].localeCompare(second[sorted]) * (descending ? -1 : 1);
        }
        return (x - y) * (descending ? -1 : 1);
      };
      rows = [...rows].sort(order);
    }
    draw();
  }

  function head(name, place) {
    const sort = sorted === place ? (descending ? "descending" : "ascending") : undefined;
    const arrow = sort ? (descending ? " ▾" : " ▴") : "";
    return element("th", { class: data.columns[place].words ? "words" : "", "aria-sort": sort }, element("button", {
      type: "button", onclick: () => {
        [sorted, descending] = [place, sorted === place && !descending];
        select();
      },
    }, name + arrow));
  }

  function line(row, shown) {
    const cells = shown.map((place) => element("td", { class: data.columns[place].words ? "words" : "" }, row[place]));
    const made = element("tr", { class: Number(row[0]) === data.best ? "best" : "", tabindex: 0 }, ...cells);
    const open = () => {
      if (made.nextSibling?.className === "detail") made.nextSibling.remove();
      else made.after(element("tr", { class: "detail" }, element("td", { colspan: shown.length }, detail(row))));
    };
    made.addEventListener("click", open);
    made.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
    return made;
  }

  function detail(row) {
    const trial = Number(row[0]);
    const configuration = data.columns.flatMap((column, place) =>
      column.parameter && row[place] !== "" ? [`${column.name}: ${row[place]}`] : []).join("\n");
    const jobs = data.jobs.filter((job) => job.trial === trial).map((job) => element("tr", {},
      ...[`${job.from} to ${job.to}`, job.parent === undefined ? "" : `trial ${job.parent}`, job.score ?? "",
        job.group === undefined ? "" : job.group + 1, job.seconds ?? "", job.reason ?? ""].map((cell, place) =>
        element("td", { class: place === 5 ? "words" : "" }, String(cell)))));
    if (!jobs.length) return element("div", {}, element("pre", {}, configuration), "Its jobs are in trials.csv.");
    const titles = [data.unit, "cloned", data.metric, "group", "seconds", "failure"];
    const pin = element("button", { type: "button", onclick: () => charts.pin(trial) }, "show its curve");
    return element("div", {}, element("pre", {}, configuration), element("table", {},
      element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", {}, title)))),
      element("tbody", {}, ...jobs)), data.curves[trial] && charts.pin ? pin : "");
  }

  function turn(text, to, isPossible) {
    return element("button", { type: "button", disabled: !isPossible, onclick: () => { page = to; draw(); } }, text);
  }

  function draw() {
    const shown = names.map((_, place) => place).filter((place) => !hidden.has(place));
    const last = Math.max(0, Math.ceil(rows.length / pageSize) - 1);
    page = Math.min(page, last);
    table.tHead.replaceChildren(element("tr", {}, ...shown.map((place) => head(names[place], place))));
    table.tBodies[0].replaceChildren(
      ...rows.slice(page * pageSize, (page + 1) * pageSize).map((row) => line(row, shown)));
    pages.replaceChildren(turn("‹", page - 1, page > 0), ` page ${page + 1} of ${last + 1} `, turn("›", page + 1, page < last));
    count.textContent = rows.length === data.rows.length ? `${rows.length} trials` : `${rows.length} of ${data.rows.length} trials`;
  }

  draw();
  return { draw };
})();
