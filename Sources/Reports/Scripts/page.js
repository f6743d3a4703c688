// What all parts of the page's script share. The page is whole without it: a script only adds what answers to the mouse.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
// A job's row, with names; what there is not is undefined.
data.jobs = data.jobs.map((row) =>
  Object.fromEntries(row.map((value, field) => [data.jobFields[field], value ?? undefined])));

/** An element with attributes and children; children that are strings become text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A choice among names; `changed` gets the one that was chosen. */
function choice(label, names, chosen, changed) {
  const select = element("select", { onchange: (event) => changed(event.target.value) },
    ...names.map((name) => element("option", { value: name, selected: name === chosen }, name)));
  return element("label", { class: "choice" }, label + " ", select);
}

function toggle(label, isOn, changed) {
  const box = element("input", { type: "checkbox", checked: isOn, onchange: (event) => changed(event.target.checked) });
  return element("label", { class: "choice" }, box, " " + label);
}

/** The number that a cell's text begins with, thousands apart as it may be; NaN of words. */
function number(text) {
  return text === "" ? NaN : parseFloat(text.replaceAll(",", ""));
}

for (const block of document.querySelectorAll("pre.copy")) {
  const button = element("button", {
    type: "button",
    onclick: async () => {
      const code = block.querySelector("code");
      // Selected, too: a page that came over plain HTTP may not write to the clipboard.
      getSelection().selectAllChildren(code);
      await navigator.clipboard?.writeText(code.textContent);
      button.textContent = navigator.clipboard ? "copied" : "selected";
    },
  }, "copy");
  block.append(button);
}
