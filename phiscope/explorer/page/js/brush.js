// Filters: of each column the histogram of all rows and, above it, of those that pass. A drag over it filters; so do two
// fields for its ends. Categories are ticked, texts searched. Histograms that are out of sight are not counted.

import { byId, count, element, named, significant, visible } from "./format.js";
import { change, column, columns, filterBy, mask, rows, state } from "./store.js";
import { describe } from "./scatter.js";

const BINS = 64;
const MOST_TICKED = 12; // categories that are shown before one asks for all
const cards = new Map(); // name -> {update, element}
const seen = new Set(); // names of the cards in sight

export function openBrushes() {
  const panel = byId("brushes");
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { name } = target.dataset;
      if (!isIntersecting) seen.delete(name);
      else {
        seen.add(name);
        cards.get(name).update();
      }
    }
  }, { root: panel, rootMargin: "80px" }); // prettier-ignore
  let group = null;
  for (const own of columns) {
    if (own.group !== group) panel.append(element("h2", {}, own.group));
    group = own.group;
    const made = card(own);
    cards.set(own.name, made);
    panel.append(made.element);
    watcher.observe(made.element);
  }
  byId("find-column").addEventListener("input", ({ target }) => {
    const part = target.value.toLowerCase();
    for (const own of columns) cards.get(own.name).element.hidden = !`${own.title} ${own.name} ${own.group}`.toLowerCase().includes(part);
    for (const title of panel.querySelectorAll("h2")) title.hidden = part !== "";
  });
}

export function updateBrushes(keys) {
  if (["listed", "shown", "filters", "theme"].some((key) => keys.has(key))) for (const name of seen) cards.get(name).update();
  if (["filters", "lasso", "question", "starred"].some((key) => keys.has(key))) showActive();
}

// A chip for everything that filters, which takes it away.
function showActive() {
  const chip = (text, remove) =>
    element("button", { type: "button", class: "chip", onclick: remove, "aria-label": `no longer: ${text}` }, visible(text), element("i", { "aria-hidden": "true" }, "×"));
  const chips = Object.entries(state.filters).map(([name, what]) => chip(inWordsOf(column(name), what), () => filterBy(name, null)));
  if (state.lasso) chips.push(chip("in the lasso", () => change({ lasso: null })));
  if (state.starred) chips.push(chip("starred", () => change({ starred: false })));
  if (chips.length > 1) chips.push(element("button", { type: "button", class: "plain", onclick: () => change({ filters: {}, lasso: null, starred: false }) }, "clear all"));
  byId("active").replaceChildren(...chips);
}

function inWordsOf(own, what) {
  if (what.codes) {
    const names = what.codes.map((code) => (code === 0 ? own.missing : own.categories[code - 1]));
    return `${own.title}: ${names.length > 3 ? `${names.length} of ${own.categories.length}` : names.join(", ")}`;
  }
  if (what.text !== undefined) return `${own.title} with “${what.text}”`;
  const [low, high] = what.range;
  if (low === null || high === null) return low === null ? `${own.title} ≤ ${significant(high)}` : `${own.title} ≥ ${significant(low)}`;
  return `${own.title} ${significant(low)} to ${significant(high)}`;
}

function card(own) {
  const inList = element("input", { type: "checkbox", onchange: () => toggleShown(own.name) });
  const part = own.isCategory ? ticks(own) : own.isText ? textField(own) : histogram(own);
  const made = element("div", { class: "brush", "data-name": own.name, role: "group", "aria-label": `filter by ${own.title}` },
    element("header", { title: describe(own) }, element("h3", {}, visible(own.title)), own.unit ? element("small", {}, own.unit) : null,
      element("label", { class: "inlist" }, inList, "list")), part.element); // prettier-ignore
  const update = () => {
    inList.checked = state.shown.includes(own.name);
    made.classList.toggle("filtered", own.name in state.filters);
    part.update();
  };
  return { element: made, update };
}

// In the order of the columns, whatever the order of the ticks.
function toggleShown(name) {
  const wanted = new Set(state.shown);
  if (!wanted.delete(name)) wanted.add(name);
  change({ shown: columns.map((each) => each.name).filter((each) => wanted.has(each)) });
}

function textField(own) {
  const input = element("input", { type: "search", placeholder: "contains …", "aria-label": `${own.title} contains` });
  input.addEventListener("input", () => filterBy(own.name, input.value ? { text: input.value } : null));
  return { element: input, update: () => { if (document.activeElement !== input) input.value = state.filters[own.name]?.text ?? ""; } }; // prettier-ignore
}

// Bars of categories, which are ticked.
function ticks(own) {
  const codes = new Uint8Array(own.categories.length + 1);
  const all = new Uint32Array(own.categories.length + 1);
  for (const code of own.codes) {
    all[code]++;
    codes[code] = 1;
  }
  const order = [...codes.keys()].filter((code) => codes[code]);
  order.sort((a, b) => (order.length > MOST_TICKED ? all[b] - all[a] : (a || Infinity) - (b || Infinity)));
  let most = MOST_TICKED;
  const list = element("div", { class: "ticks" });

  const line = (code, passing) => {
    const chosen = state.filters[own.name]?.codes;
    const input = element("input", { type: "checkbox", onchange: () => tick(code) });
    input.checked = Boolean(chosen?.includes(code));
    const [whole, part] = [all[code] / Math.max(...all), passing[code] / Math.max(...all)];
    return element("label", { class: "tick" }, input, named(code === 0 ? own.missing : own.categories[code - 1]),
      element("span", { class: "bar" }, element("i", { style: `width:${100 * whole}%` }), element("b", { style: `width:${100 * part}%` })),
      element("small", {}, count(passing[code]))); // prettier-ignore
  };
  const tick = (code) => {
    const chosen = new Set(state.filters[own.name]?.codes ?? []);
    if (!chosen.delete(code)) chosen.add(code);
    filterBy(own.name, chosen.size ? { codes: [...chosen].sort((a, b) => a - b) } : null);
  };
  const update = () => {
    const passing = new Uint32Array(all.length);
    for (let row = 0; row < rows; row++) passing[own.codes[row]] += mask[row];
    const more = order.length > most ? [element("button", { type: "button", class: "plain", onclick: () => { most = Infinity; update(); } }, `all ${count(order.length)}`)] : []; // prettier-ignore
    const focused = [...list.children].findIndex((each) => each.contains(document.activeElement));
    list.replaceChildren(...order.slice(0, most).map((code) => line(code, passing)), ...more);
    if (focused >= 0) list.children[focused]?.querySelector("input, button")?.focus();
  };
  return { element: list, update };
}

function histogram(own) {
  const canvas = element("canvas", { width: 2 * BINS * 3, height: 72, "aria-hidden": "true" });
  const ends = ["least", "most"].map((end) => element("input", { type: "number", step: "any", "aria-label": `${end} ${own.title}` }));
  const made = element("div", { class: "histogram" }, canvas, element("div", { class: "ends" }, ends[0], element("span", {}, "to"), ends[1]));
  const binned = binsOf(own);
  const all = counted(binned, null);
  let dragged = null;

  const filtered = () => state.filters[own.name]?.range ?? null;
  const setRange = (low, high) => filterBy(own.name, low === null && high === null ? null : { range: [low, high] });
  for (const input of ends)
    input.addEventListener("change", () => {
      const [low, high] = ends.map((each) => (each.value === "" ? null : Number(each.value)));
      setRange(low, high);
    });
  const share = (event) => Math.min(Math.max(event.offsetX / canvas.clientWidth, 0), 1);
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    dragged = [share(event), share(event)];
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged[1] = share(event);
    if (Math.abs(dragged[1] - dragged[0]) > 0.01) setRange(...dragged.toSorted((a, b) => a - b).map((each) => Number(binned.valueAt(each).toPrecision(4))));
  });
  canvas.addEventListener("pointerup", () => {
    if (dragged && Math.abs(dragged[1] - dragged[0]) <= 0.01) setRange(null, null);
    dragged = null;
  });

  const update = () => {
    const range = filtered();
    ends.forEach((input, end) => {
      if (document.activeElement !== input) input.value = range?.[end] ?? "";
      input.placeholder = significant(end ? binned.high : binned.low);
    });
    paintHistogram(canvas, all, counted(binned, mask), range?.map((value, end) => (value === null ? end : binned.shareOf(value))));
  };
  return { element: made, update };
}

// The bin of each row, BINS for none; what lies at a share of the histogram's width, and back.
function binsOf(own) {
  const { values } = own;
  let [low, high] = own.isNumber ? [own.low, own.high] : [Infinity, -Infinity];
  if (!own.isNumber)
    for (const value of values) if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const log = own.isNumber && own.log;
  const to = log ? Math.log : (value) => value;
  // Of whole numbers a bin holds as many as any other.
  const each = Math.max(1, Math.ceil((high - low + 1) / BINS));
  const [start, wide] = own.isNumber ? [to(low), to(high) - to(low) || 1] : [low - 0.5, each * Math.ceil((high - low + 1) / each)];
  const held = own.isNumber ? BINS : wide / each;
  const shareOf = (value) => (to(value) - start) / wide;
  const valueAt = (share) => (log ? Math.exp(start + share * wide) : start + share * wide);
  const bins = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = shareOf(values[row]);
    bins[row] = Number.isFinite(at) ? Math.min(Math.max(Math.floor(at * held), 0), held - 1) : BINS;
  }
  return { bins, held, low, high, shareOf, valueAt };
}

function counted({ bins, held }, passing) {
  const counts = new Uint32Array(BINS + 1);
  for (let row = 0; row < rows; row++) counts[bins[row]] += passing ? passing[row] : 1;
  return counts.subarray(0, held);
}

// Heights by square roots: a bin of ten beside one of ten thousand is seen.
function paintHistogram(canvas, all, passing, range) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const styles = getComputedStyle(document.documentElement);
  const top = Math.sqrt(Math.max(...all, 1));
  context.clearRect(0, 0, width, height);
  if (range) {
    context.fillStyle = styles.getPropertyValue("--accent-faint");
    context.fillRect(range[0] * width, 0, (range[1] - range[0]) * width, height);
  }
  for (const [counts, ink] of [[all, "--line-strong"], [passing, "--accent"]]) {
    context.fillStyle = styles.getPropertyValue(ink);
    counts.forEach((number, bin) => {
      const high = number ? Math.max((Math.sqrt(number) / top) * height, 2) : 0;
      context.fillRect((bin * width) / counts.length + 0.5, height - high, width / counts.length - 1, high);
    });
  }
}
