// The state as the end of the address, so that a link reopens exactly what one sees. What is as it is at first is left
// out: `#sample=226` opens a sample, and no more.

import { byName, change, column, columns, rows, state } from "./store.js";

const first = {}; // the state at first, as parameters
let written = null;

export function openLink() {
  Object.assign(first, Object.fromEntries(parameters()));
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) read();
  });
  read();
}

export function updateLink() {
  const given = [...parameters()].filter(([name, value]) => first[name] !== value);
  for (const name of Object.keys(first)) if (!parameters().has(name)) given.push([name, ""]);
  written = given.length ? `#${given.map(([name, value]) => `${encodeURIComponent(name)}=${readable(value)}`).join("&")}` : "#";
  history.replaceState(null, "", written);
}

// Fewer escapes than encodeURIComponent has: these marks stand for themselves after a #.
const readable = (text) => encodeURIComponent(text).replace(/%(?:2C|3A|3B|2F|7E)/g, decodeURIComponent);

const nameOf = (row) => `${column("view").category(row)}:${column("sample").codes[row]}`;

function parameters() {
  const all = new Map([["x", state.x], ["y", state.y], ["colour", state.colour], ["mode", state.mode], ["columns", state.shown.join(",")]]); // prettier-ignore
  const given = {
    log: [state.xlog ? "x" : "", state.ylog ? "y" : ""].join(""),
    zoom: state.zoom?.join(","),
    lasso: state.lasso && [state.lasso.x, state.lasso.y, ...state.lasso.points.flat()].join(","),
    question: state.question,
    starred: state.starred ? "1" : "",
    sort: state.sort && (state.sort.descending ? "~" : "") + state.sort.column,
    sample: state.row === null ? "" : nameOf(state.row),
    training: state.training === null ? "" : String(state.training),
    stars: [...state.stars].map(nameOf).join(","),
    tab: state.tab === "classes" ? "" : state.tab,
    pane: state.pane === (state.row === null ? "plot" : "sample") ? "" : state.pane,
  };
  for (const [name, value] of Object.entries(given)) if (value) all.set(name, value);
  for (const [name, what] of Object.entries(state.filters)) all.set(`f.${name}`, filterInLink(column(name), what));
  return all;
}

// Categories by name; a name that is no category is one that another run has.
function filterInLink(own, what) {
  if (what.range) return what.range.map((end) => end ?? "").join("..");
  if (what.text !== undefined) return what.text;
  return JSON.stringify(what.codes.map((code) => (code === 0 ? null : own.categories[code - 1])));
}

function filterOfLink(own, text) {
  if (own.isText) return { text };
  if (own.hasRange) return { range: text.split("..").map((end) => (end === "" ? null : Number(end))) };
  const codes = JSON.parse(text).map((name) => (name === null ? 0 : own.categories.indexOf(name) + 1));
  return { codes: codes.filter((code, k) => code || JSON.parse(text)[k] === null) };
}

function read() {
  const given = new Map(Object.entries(first));
  for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
    const [name, value] = part.split(/=(.*)/s);
    if (value === "") given.delete(decodeURIComponent(name));
    else given.set(decodeURIComponent(name), decodeURIComponent(value ?? ""));
  }
  const known = (name, or) => (byName.has(name) ? name : or);
  const numbers = (text) => (text ? text.split(",").map(Number) : null);
  const filters = {};
  for (const [name, value] of given)
    if (name.startsWith("f.") && byName.has(name.slice(2))) {
      try {
        filters[name.slice(2)] = filterOfLink(column(name.slice(2)), value);
      } catch {
        // Not a filter of this page: the others hold.
      }
    }
  const sort = given.get("sort");
  const lasso = given.get("lasso")?.split(",");
  const row = rowOf(given.get("sample"));
  const shown = (given.get("columns") ?? "").split(",").filter((name) => byName.has(name));
  const log = given.get("log") ?? "";
  written = location.hash;
  change({
    x: known(given.get("x"), state.x), y: known(given.get("y"), state.y), xlog: log.includes("x"), ylog: log.includes("y"),
    colour: known(given.get("colour"), state.colour), zoom: numbers(given.get("zoom")), mode: given.get("mode"), filters,
    lasso: lasso && byName.has(lasso[0]) ? { x: lasso[0], y: lasso[1], points: pairsOf(lasso.slice(2).map(Number)) } : null,
    question: given.get("question") ?? null, starred: given.has("starred"),
    sort: sort && byName.has(sort.replace("~", "")) ? { column: sort.replace("~", ""), descending: sort.startsWith("~") } : null,
    row, training: given.has("training") ? Number(given.get("training")) : null,
    stars: new Set((given.get("stars") ?? "").split(",").map(rowOf).filter((each) => each !== null)),
    shown: shown.length ? shown : columns.filter((each) => each.shown).map((each) => each.name),
    tab: given.get("tab") === "brushes" ? "brushes" : "classes",
    pane: given.get("pane") ?? (row === null ? "plot" : "sample"),
  }); // prettier-ignore
}

const pairsOf = (flat) => Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k], flat[2 * k + 1]]);

// `view:number`, or a number alone for the samples as they are; null where there is none.
function rowOf(text) {
  if (!text) return null;
  const [, view, number] = /^(?:(.*):)?(\d+)$/s.exec(text) ?? [];
  if (number === undefined) return null;
  const own = column("view");
  const code = own.categories.indexOf(view ?? "original") + 1 || 1;
  const { codes } = column("sample");
  for (let row = 0; row < rows; row++) if (codes[row] === Number(number) && own.codes[row] === code) return row;
  return null;
}
