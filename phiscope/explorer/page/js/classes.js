// A strip for each class, and how often each is taken for each other: a cell filters. Both count the rows that pass all
// filters but those of label and prediction, so that they say what a click would leave.

import { manifest } from "./blocks.js";
import { byId, count, element, named, percent, significant } from "./format.js";
import { byName, change, column, filterBy, maskBut, rows, state } from "./store.js";

const MOST_CELLS = 24; // classes of which each pair has a cell; of more, the most frequent confusions are listed
const MOST_CONFUSIONS = 12;
const MOST_ROWS = 40; // classes that have a row each; of more, the least recognised until all are asked for
const SHORT = 15; // so many

const PAUSE = 60; // milliseconds after the last change of a filter, so that a brush that is drawn stays fluid

let base = null; // rows that are counted
let whole = false; // whether all of many classes have a row
let waiting = null;

export function updateClasses(keys) {
  if (!byName.has("label")) {
    if (!byId("classes").firstChild) byId("classes").append(element("p", { class: "quiet" }, "No sample has a label."));
    return;
  }
  if (!["listed", "exact"].some((key) => keys.has(key))) return;
  clearTimeout(waiting);
  waiting = setTimeout(countClasses, PAUSE);
}

function countClasses() {
  base = maskBut(manifest.cells);
  readMedians();
  byId("classes").replaceChildren(strip(), cells());
}

const measured = () => manifest.medians;

function readMedians() {
  const missing = measured().map(column).filter((own) => !own.isExact);
  if (missing.length) Promise.all(missing.map((own) => own.exact())).then(() => change({ exact: missing[0].name }));
}

function strip() {
  const label = column("label");
  const members = label.categories.map(() => []);
  for (let row = 0; row < rows; row++) if (base[row] && label.codes[row]) members[label.codes[row] - 1].push(row);
  const names = measured();
  const heads = ["class", "n", ...manifest.outcomes.map(([title]) => title), ...names.map((name) => `median ${column(name).title}`)];
  const shares = (own) => manifest.outcomes.map(([, name]) => own.filter((row) => column(name).codes[row] === 1).length / own.length);
  const there = [...members.keys()].filter((k) => members[k].length);
  const many = there.length > MOST_ROWS;
  const listed = many && !whole ? least(there, (k) => shares(members[k])[0]) : there;
  const lines = listed.map((k) => {
    const own = members[k];
    const right = shares(own);
    const chosen = state.filters.label?.codes;
    const only = chosen?.length === 1 && chosen[0] === k + 1;
    return element("tr", { "aria-selected": String(only) },
      element("th", { scope: "row" }, element("button", { type: "button", onclick: () => filterBy("label", only ? null : { codes: [k + 1] }) }, named(label.categories[k]))),
      element("td", {}, count(own.length)),
      right.map((share) => element("td", { class: "share" }, element("i", { style: `width:${100 * share}%` }), element("span", {}, percent(share)))),
      names.map((name) => element("td", {}, significant(median(column(name), own))))); // prettier-ignore
  });
  const table = element("table", { class: "strip" },
    element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, lines)); // prettier-ignore
  return many ? element("div", {}, table, more(there.length)) : table;
}

// Those with the least shares, among them the one that is filtered by.
function least(places, shareOf) {
  const share = new Map(places.map((k) => [k, shareOf(k)]));
  const chosen = state.filters.label?.codes?.map((code) => code - 1) ?? [];
  const first = chosen.length === 1 ? places.filter((k) => k === chosen[0]) : [];
  return [...first, ...places.filter((k) => !first.includes(k)).sort((a, b) => share.get(a) - share.get(b) || a - b)].slice(0, SHORT);
}

function more(all) {
  const turn = () => {
    whole = !whole;
    countClasses();
  };
  const words = whole ? `the ${SHORT} least recognised` : `all ${count(all)} classes`;
  return element("p", { class: "quiet" }, whole ? "" : `The ${SHORT} least recognised of ${count(all)}. `, element("button", { type: "button", class: "plain", onclick: turn }, words));
}

// Exact or nothing: a median of rounded numbers is none that a table has.
function median(own, some) {
  if (!own.isExact) return null;
  const known = Float64Array.from(some, (row) => own.values[row]).filter((value) => !Number.isNaN(value)).sort();
  const middle = known.length / 2;
  return known.length ? (known[Math.floor(middle - 0.5)] + known[Math.floor(middle)]) / 2 : null;
}

function cells() {
  const [label, predicted] = manifest.cells.map(column);
  const size = label.categories.length;
  if (predicted.categories.length !== size) return element("p", { class: "quiet" }, "The runs have other classes.");
  const counts = new Uint32Array(size * size);
  for (let row = 0; row < rows; row++)
    if (base[row] && label.codes[row] && predicted.codes[row]) counts[(label.codes[row] - 1) * size + predicted.codes[row] - 1]++;
  return size <= MOST_CELLS ? heatMap(label, counts, size) : confusions(label, counts, size);
}

// Rows are labels, columns predictions. The diagonal has its own scale: errors are seen beside it.
function heatMap(label, counts, size) {
  const most = Math.max(1, ...counts.filter((_, k) => k % (size + 1) !== 0));
  const right = Math.max(1, ...counts.filter((_, k) => k % (size + 1) === 0));
  const short = (name) => (name.length > 8 ? `${name.slice(0, 7)}…` : name);
  const cell = (from, to) => {
    const number = counts[from * size + to];
    const share = number / (from === to ? right : most);
    const chosen = [from, to].every((code, side) => state.filters[manifest.cells[side]]?.codes?.join() === String(code + 1));
    const words = `${label.categories[from]} taken for ${label.categories[to]}: ${count(number)}`;
    return element("td", {}, element("button", { type: "button", class: from === to ? "own" : "", style: `--share:${number ? 0.12 + 0.88 * share : 0}`,
      "aria-pressed": String(chosen), title: words, "aria-label": words, onclick: () => (chosen ? filterCell(null, null) : filterCell(from + 1, to + 1)) },
      number ? count(number) : "")); // prettier-ignore
  };
  const places = [...Array(size).keys()];
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "labels against predictions" },
    element("table", { class: "heat" }, element("caption", {}, `${column(manifest.cells[0]).title} (rows), ${column(manifest.cells[1]).title} (columns); a cell lists its samples`),
      element("thead", {}, element("tr", {}, element("td", {}), places.map((k) => element("th", { scope: "col" }, named(short(label.categories[k])))))),
      element("tbody", {}, places.map((from) => element("tr", {}, element("th", { scope: "row" }, named(short(label.categories[from]))), places.map((to) => cell(from, to))))))); // prettier-ignore
}

function confusions(label, counts, size) {
  const pairs = [...counts.keys()].filter((k) => counts[k] && k % (size + 1) !== 0);
  pairs.sort((a, b) => counts[b] - counts[a]);
  return element("div", {}, element("h3", {}, "Most frequent confusions"),
    element("ol", { class: "confusions" }, pairs.slice(0, MOST_CONFUSIONS).map((k) => {
      const [from, to] = [Math.floor(k / size), k % size];
      return element("li", {}, element("button", { type: "button", onclick: () => filterCell(from + 1, to + 1) },
        named(label.categories[from]), " → ", named(label.categories[to])), ` ${count(counts[k])}`); // prettier-ignore
    })));
}

// Lists the samples of a cell, by the codes of its row and column; null for all.
function filterCell(...codes) {
  const filters = { ...state.filters };
  manifest.cells.forEach((name, side) => {
    if (codes[side]) filters[name] = { codes: [codes[side]] };
    else delete filters[name];
  });
  change({ filters });
}
