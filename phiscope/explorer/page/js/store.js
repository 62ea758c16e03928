// What is shown, in one place: the state, which rows pass the filters, and their order. Panels listen for the keys of the
// state that have changed, and draw in the next frame; so a state from a link and one from a click are the same.

import { block, manifest } from "./blocks.js";
import { Column } from "./column.js";

export const state = {
  x: manifest.axes[0], y: manifest.axes[1], xlog: false, ylog: false,
  colour: manifest.colour, zoom: null, // [x0, x1, y0, y1] on the axes
  filters: {}, // name of a column -> {range: [low, high]}, {codes: [...]} or {text: "..."}
  lasso: null, // {x, y: columns; points: [[x, y], ...]}
  question: null, // its key
  starred: false, // whether stars alone are listed
  sort: null, // {column, descending}
  shown: [], // names of the columns in the list
  mode: "table",
  row: null, // the sample that is open
  training: null, // number of the training sample that is open instead
  stars: new Set(), // rows
  tab: "classes", // below the plot: classes or brushes
  pane: "plot", // on narrow screens
}; // prettier-ignore

export const rows = manifest.rows;
export const columns = [];
export const byName = new Map();
// pictures: the thumbnail of each row among those of its view; listed: the rows that pass, in their order.
export const current = { pictures: null, listed: new Uint32Array(0) };
export const mask = new Uint8Array(rows); // 1 where a row passes
export const timings = {}; // milliseconds until all panels show a change, for tests and the curious

const questionRows = new Map();
const listeners = [];
const masks = new Map(); // of each filter, by its key: {what, mask}
let changed = new Set();

// The column of answers: of two runs, of the first.
export const answers = () => byName.get("predicted") ?? byName.get("A_predicted");
export const column = (name) => byName.get(name);
export const question = (key) => manifest.questions.find((each) => each.key === key);
export const rowsOf = (key) => questionRows.get(key);

// Reads what is drawn at once.
export async function open() {
  const { arrays } = await block("columns");
  manifest.columns.forEach((about, place) => {
    const made = new Column(about, arrays[`column${place}`] ?? null);
    columns.push(made);
    byName.set(made.name, made);
  });
  current.pictures = arrays.pictures;
  manifest.questions.forEach((each, place) => questionRows.set(each.key, arrays[`question${place}`]));
  state.shown = columns.filter((each) => each.shown).map((each) => each.name);
}

// panel: called with the set of keys that changed, `listed` among them where other rows pass or their order is another.
export const listen = (panel) => listeners.push(panel);

export function change(values) {
  for (const [key, value] of Object.entries(values)) {
    state[key] = value;
    changed.add(key);
  }
  if (changed.size && !change.waiting) {
    change.waiting = true;
    queueMicrotask(apply);
  }
}

const FILTERING = ["filters", "lasso", "question", "starred"];

function apply() {
  change.waiting = false;
  const keys = changed;
  changed = new Set();
  const filters = FILTERING.some((key) => keys.has(key)) || (keys.has("stars") && state.starred);
  const listed = filters || keys.has("sort") || keys.has("exact");
  const start = performance.now();
  if (filters || keys.has("exact")) filter();
  if (listed) {
    order();
    keys.add("listed");
  }
  for (const panel of listeners) panel(keys);
  if (listed) timings[filters ? "filter" : "sort"] = performance.now() - start;
}

// A filter's own mask is made again when the filter is another; all of them are then multiplied.
function filter() {
  const active = new Map(Object.entries(state.filters).map(([name, what]) => [`column ${name}`, () => maskOf(column(name), what)]));
  if (state.lasso) active.set("lasso", () => maskOfLasso(state.lasso));
  if (state.question) active.set("question", () => maskOfRows(rowsOf(state.question)));
  if (state.starred) active.set("starred", () => maskOfRows(state.stars));
  for (const key of [...masks.keys()]) if (!active.has(key)) masks.delete(key);
  mask.fill(1);
  for (const [key, make] of active) {
    const what = fingerprint(key);
    if (masks.get(key)?.what !== what) masks.set(key, { what, mask: make() });
    const own = masks.get(key).mask;
    for (let row = 0; row < rows; row++) mask[row] &= own[row];
  }
}

// 1 where a row passes all filters but those of some columns.
export function maskBut(names) {
  const left = [...masks].filter(([key]) => !names.some((name) => key === `column ${name}`));
  if (left.length === masks.size) return mask;
  const result = new Uint8Array(rows).fill(1);
  for (const [, own] of left) for (let row = 0; row < rows; row++) result[row] &= own.mask[row];
  return result;
}

function fingerprint(key) {
  if (key === "lasso") return JSON.stringify(state.lasso);
  if (key === "question") return state.question;
  if (key === "starred") return [...state.stars].join();
  const name = key.slice("column ".length);
  return JSON.stringify(state.filters[name]) + column(name).isExact;
}

function maskOf(own, what) {
  const result = new Uint8Array(rows);
  if (what.codes) {
    const wanted = new Uint8Array(own.categories.length + 1);
    for (const code of what.codes) wanted[code] = 1;
    for (let row = 0; row < rows; row++) result[row] = wanted[own.codes[row]];
  } else if (what.range) {
    awaitExact(own);
    const [low, high] = what.range;
    const values = own.values;
    for (let row = 0; row < rows; row++) result[row] = values[row] >= (low ?? -Infinity) && values[row] <= (high ?? Infinity);
  } else {
    awaitExact(own);
    const part = what.text.toLowerCase();
    for (let row = 0; own.texts && row < rows; row++) result[row] = own.texts[row]?.toLowerCase().includes(part) ? 1 : 0;
  }
  return result;
}

const awaited = new Map(); // name of a column whose exact values are being read -> promise

// What was filtered or sorted by rounded numbers is done again when the exact ones are there.
function awaitExact(own) {
  if (own.isExact || awaited.has(own.name)) return;
  awaited.set(own.name, own.exact().then(() => {
    awaited.delete(own.name);
    change({ exact: own.name });
  })); // prettier-ignore
}

// Resolves when what is listed rests on exact values.
export async function settled() {
  do {
    await Promise.all(awaited.values());
    await new Promise((resolve) => setTimeout(resolve));
  } while (awaited.size || change.waiting);
}

function maskOfRows(some) {
  const result = new Uint8Array(rows);
  for (const row of some) result[row] = 1;
  return result;
}

function maskOfLasso({ x, y, points }) {
  const [xs, ys] = [column(x).values, column(y).values];
  const box = [0, 1].map((axis) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))]);
  const result = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const [px, py] = [xs[row], ys[row]];
    if (px >= box[0][0] && px <= box[0][1] && py >= box[1][0] && py <= box[1][1]) result[row] = isInside(px, py, points) ? 1 : 0;
  }
  return result;
}

// Whether a ray from the point crosses the polygon an odd number of times.
function isInside(x, y, points) {
  let inside = false;
  for (let k = 0, before = points.length - 1; k < points.length; before = k++) {
    const [[ax, ay], [bx, by]] = [points[k], points[before]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

// Rows that pass: as the question has them, or sorted by a column, or as they are.
function order() {
  const { sort } = state;
  if (!sort && state.question) {
    current.listed = Uint32Array.from(rowsOf(state.question)).filter((row) => mask[row]);
    return;
  }
  const passing = new Uint32Array(rows);
  let length = 0;
  for (let row = 0; row < rows; row++) if (mask[row]) passing[length++] = row;
  current.listed = passing.subarray(0, length);
  if (!sort) return;
  const own = column(sort.column);
  awaitExact(own);
  current.listed = sorted(current.listed, own, sort.descending);
}

// No value comes last whatever the direction; equal values stay in the order of the rows.
function sorted(some, own, descending) {
  const sign = descending ? -1 : 1;
  if (own.isText) {
    if (!own.texts) return some;
    return Uint32Array.from(some).sort((a, b) => compareTexts(own.texts[a], own.texts[b], sign) || a - b);
  }
  if (own.isCategory) return byCode(some, own.codes, own.categories.length + 1, descending);
  const values = own.values;
  const last = descending ? -Infinity : Infinity;
  const keys = new Float64Array(some.length);
  for (let k = 0; k < some.length; k++) keys[k] = Number.isNaN(values[some[k]]) ? NaN : values[some[k]];
  if (!own.isNumber) return byKeys(some, keys, sign, last);
  // Codes of 16 bits order all but those that share one: these few are then ordered by their values.
  const rough = byCode(some, own.codes, 65536, descending);
  if (!own.exactValues) return rough;
  for (let start = 0; start < rough.length; ) {
    let end = start + 1;
    while (end < rough.length && own.codes[rough[end]] === own.codes[rough[start]]) end++;
    if (end - start > 1 && own.codes[rough[start]] !== 0) rough.subarray(start, end).sort((a, b) => sign * (values[a] - values[b]) || a - b);
    start = end;
  }
  return rough;
}

function byKeys(some, keys, sign) {
  const places = Array.from(keys.keys());
  places.sort((a, b) => Number.isNaN(keys[a]) - Number.isNaN(keys[b]) || sign * (keys[a] - keys[b]) || a - b);
  return Uint32Array.from(places, (place) => some[place]);
}

// Counting sort; code 0, no value, comes last.
function byCode(some, codes, most, descending) {
  const rank = (code) => (code === 0 ? most : descending ? most - code : code);
  const starts = new Uint32Array(most + 2);
  for (const row of some) starts[rank(codes[row]) + 1]++;
  for (let k = 1; k < starts.length; k++) starts[k] += starts[k - 1];
  const result = new Uint32Array(some.length);
  for (const row of some) result[starts[rank(codes[row])]++] = row;
  return result;
}

function compareTexts(a, b, sign) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return sign * (a < b ? -1 : 1);
}

// Filters of one column, beside those of the others; null takes it away.
export function filterBy(name, what) {
  const filters = { ...state.filters };
  if (what) filters[name] = what;
  else delete filters[name];
  change({ filters });
}

export function openRow(row) {
  change({ row, training: null });
}
