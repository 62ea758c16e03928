// Left: any two quantities against each other. Points are drawn by points.js; axes, lasso and the open sample on a second
// canvas above. A drag draws a lasso or moves the plot, the wheel and two fingers zoom, a click opens a sample.

import { byId, count, element, named, significant } from "./format.js";
import { categoryColours, missingColour, OUTCOMES, ramp, rampColour } from "./palette.js";
import { mark, pointsOn, SHAPES } from "./points.js";
import { pictureOf, thumbnail } from "./pictures.js";
import { Axis } from "./scales.js";
import { answers, byName, change, column, columns, current, filterBy, mask, openRow, rows, state, timings } from "./store.js";

const EDGE = { left: 46, right: 10, top: 10, bottom: 30 }; // pixels around the plot
const NEAR = 14; // pixels from a point that count as on it
const RAMP = 256;

let points, overlay, plot, size; // size: [width, height] of the plot in pixels of the page
let axes = null; // {x, y}
let drawn = null; // xy: shares of the whole axes, for points
let placedFor = ""; // the views that the axes were made for
let dragging = null;
let tool = "lasso";

export function openScatter() {
  plot = byId("plot");
  points = pointsOn(byId("points"));
  overlay = byId("overlay").getContext("2d");
  fillSelects();
  new ResizeObserver(resized).observe(plot);
  listenToPointers(byId("overlay"));
}

export function updateScatter(keys) {
  const moved = ["x", "y", "xlog", "ylog"].some((key) => keys.has(key));
  // Axes reach as far as the samples of the views that are listed.
  if (moved || !axes || placedFor !== String(state.filters.view?.codes ?? null)) place();
  if (keys.has("exact") && [state.x, state.y].includes(state.exact)) place();
  if (moved || keys.has("zoom")) applyZoom();
  if (keys.has("colour") || keys.has("theme")) paint();
  if (keys.has("listed")) points.set({ flags: flags() });
  if (["x", "y", "xlog", "ylog", "zoom", "colour", "listed", "lasso", "row", "stars", "theme"].some((key) => keys.has(key))) redraw();
  if (moved || keys.has("colour") || keys.has("theme")) showControls();
}

function fillSelects() {
  const drawable = columns.filter((each) => each.hasRange);
  for (const axis of ["x", "y"]) {
    const select = byId(`axis-${axis}`);
    select.append(...grouped(drawable));
    select.addEventListener("change", () => change({ [axis]: select.value, zoom: null }));
    byId(`log-${axis}`).addEventListener("change", (event) => change({ [`${axis}log`]: event.target.checked, zoom: null }));
  }
  const colour = byId("colour");
  colour.append(...grouped(columns.filter((each) => !each.isText)));
  colour.addEventListener("change", () => change({ colour: colour.value }));
  for (const name of ["lasso", "pan"])
    byId(`tool-${name}`).addEventListener("click", () => {
      tool = name;
      showControls();
    });
  byId("zoom-out").addEventListener("click", () => change({ zoom: null, lasso: null }));
}

// Options under the names of their groups.
export function grouped(some) {
  const groups = new Map();
  for (const each of some) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups].map(([label, members]) =>
    element("optgroup", { label }, members.map((each) => element("option", { value: each.name }, each.title))),
  );
}

function showControls() {
  for (const axis of ["x", "y"]) {
    byId(`axis-${axis}`).value = state[axis];
    byId(`log-${axis}`).checked = state[`${axis}log`];
    byId(`axis-${axis}`).title = describe(column(state[axis]));
  }
  byId("colour").value = state.colour;
  for (const name of ["lasso", "pan"]) byId(`tool-${name}`).setAttribute("aria-pressed", String(tool === name));
  byId("overlay").style.cursor = tool === "pan" ? "grab" : "crosshair";
  showLegend();
}

export const describe = (own) => [own.description, own.unit && `(${own.unit})`].filter(Boolean).join(" ");

// Where every point lies, in shares of the whole axes.
function place() {
  const [xs, ys] = [column(state.x).values, column(state.y).values];
  const views = state.filters.view?.codes ?? null;
  const { codes } = column("view");
  const counts = views ? (row) => views.includes(codes[row]) : () => true;
  axes = { x: new Axis(xs, state.xlog, counts), y: new Axis(ys, state.ylog, counts) };
  placedFor = String(views);
  const xy = new Float32Array(2 * rows);
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    xy[2 * row] = axes.x.share(xs[row]);
    xy[2 * row + 1] = axes.y.share(ys[row]);
    // Infinity is no place on a screen.
    if (!Number.isFinite(xy[2 * row]) || !Number.isFinite(xy[2 * row + 1])) {
      xy[2 * row] = NaN;
      missing++;
    }
  }
  drawn = { xy, missing };
  points.set({ xy, flags: flags() });
  applyZoom();
}

function applyZoom() {
  axes.x.reset();
  axes.y.reset();
  if (state.zoom) [axes.x.start, axes.x.end, axes.y.start, axes.y.end] = state.zoom;
}

// 2 where a row passes, 1 where it stands behind those that do: samples of the same views.
function flags() {
  const views = state.filters.view?.codes;
  const { codes } = column("view");
  return mask.map((passes, row) => (passes ? 2 : !views || views.includes(codes[row]) ? 1 : 0));
}

// Colours and shapes of all points.
function paint() {
  const own = column(state.colour);
  const outcome = byName.get("outcome");
  const colours = new Uint16Array(rows);
  let palette;
  if (own.isCategory) {
    palette = [missingColour, ...(own.name === "outcome" ? [OUTCOMES.right, OUTCOMES.wrong] : categoryColours(own.categories.length))];
    colours.set(own.codes);
  } else {
    palette = [missingColour, ...Array.from({ length: RAMP }, (_, k) => rampColour(k / (RAMP - 1)))];
    const { values } = own;
    const [low, high] = rangeOf(own);
    for (let row = 0; row < rows; row++)
      colours[row] = Number.isNaN(values[row]) ? 0 : 1 + Math.round((RAMP - 1) * Math.min(Math.max((values[row] - low) / (high - low || 1), 0), 1));
  }
  const shapes = outcome ? Uint8Array.from(outcome.codes, (code) => [SHAPES.square, SHAPES.circle, SHAPES.cross][code]) : new Uint8Array(rows);
  points.set({ colours, shapes, palette });
}

// From the second to the 98th of a hundred, so that few far values leave colours to the others.
function rangeOf(own) {
  const known = Float64Array.from(own.values).filter(Number.isFinite).sort();
  return known.length ? [known[Math.floor(0.02 * (known.length - 1))], known[Math.ceil(0.98 * (known.length - 1))]] : [0, 1];
}

function showLegend() {
  const own = column(state.colour);
  const legend = byId("legend");
  if (!own.isCategory) {
    const [low, high] = rangeOf(own);
    legend.replaceChildren(significant(low), element("span", { class: "ramp", style: `background:${ramp()}` }), significant(high));
    return;
  }
  const colours = own.name === "outcome" ? [OUTCOMES.right, OUTCOMES.wrong] : categoryColours(own.categories.length);
  const present = new Set(own.codes);
  const entries = own.categories.map((name, k) => [name, colours[k], k + 1]).filter(([, , code]) => present.has(code));
  if (present.has(0)) entries.push([own.missing, missingColour, 0]);
  legend.replaceChildren(
    ...entries.slice(0, 30).map(([name, ink, code]) =>
      element("button", { type: "button", class: "key", title: "list these alone", onclick: () => toggle(own, code) },
        legendMark(own, code, ink), named(name)),
    ),
    entries.length > 30 ? `and ${count(entries.length - 30)} more` : "",
  ); // prettier-ignore
}

function toggle(own, code) {
  const codes = state.filters[own.name]?.codes;
  filterBy(own.name, codes?.length === 1 && codes[0] === code ? null : { codes: [code] });
}

function legendMark(own, code, ink) {
  if (own.name !== "outcome") return element("i", { class: "swatch", style: `background:${ink}` });
  const canvas = element("canvas", { width: 24, height: 24, class: "shape" });
  mark(canvas.getContext("2d"), [SHAPES.square, SHAPES.circle, SHAPES.cross][code], 12, 12, 13, ink);
  return canvas;
}

function resized() {
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  if (!width || !height) return;
  const dots = window.devicePixelRatio || 1;
  size = [width - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom];
  Object.assign(byId("points"), { width: Math.round(size[0] * dots), height: Math.round(size[1] * dots) });
  byId("points").style.cssText = `left:${EDGE.left}px;top:${EDGE.top}px;width:${size[0]}px;height:${size[1]}px`;
  Object.assign(byId("overlay"), { width: width * dots, height: height * dots });
  overlay.setTransform(dots, 0, 0, dots, 0, 0);
  redraw();
}

function redraw() {
  if (!redraw.waiting) redraw.waiting = requestAnimationFrame(draw);
}

function draw() {
  redraw.waiting = null;
  if (!axes || !size) return;
  const dots = window.devicePixelRatio || 1;
  const [width, height] = ["x", "y"].map((axis) => axes[axis].whole[1] - axes[axis].whole[0]);
  const seen = [
    (axes.x.start - axes.x.whole[0]) / width,
    (axes.y.start - axes.y.whole[0]) / height,
    (axes.x.end - axes.x.start) / width,
    (axes.y.end - axes.y.start) / height,
  ];
  const zoomed = Math.min(1 / seen[2], 40) ** 0.5;
  const each = Math.min(Math.max(110 / Math.sqrt(current.listed.length || 1), 2.6), 6) * Math.min(zoomed, 3);
  points.draw(seen, each * dots, style("--faint"));
  drawOverlay();
  timings.drawn ??= performance.now();
}

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const toX = (value) => EDGE.left + axes.x.share(value) * size[0];
const toY = (value) => EDGE.top + (1 - axes.y.share(value)) * size[1];

function drawOverlay() {
  const [width, height] = size;
  overlay.clearRect(0, 0, width + EDGE.left + EDGE.right, height + EDGE.top + EDGE.bottom);
  overlay.font = "11px system-ui, sans-serif";
  overlay.strokeStyle = style("--line");
  overlay.fillStyle = style("--muted");
  overlay.lineWidth = 1;
  overlay.textBaseline = "middle";
  overlay.textAlign = "center";
  for (const { share, text } of axes.x.ticks(width / 80)) {
    const x = Math.round(EDGE.left + share * width) + 0.5;
    line(x, EDGE.top, x, EDGE.top + height);
    overlay.fillText(text, x, EDGE.top + height + 12);
  }
  overlay.textAlign = "right";
  for (const { share, text } of axes.y.ticks(height / 60)) {
    const y = Math.round(EDGE.top + (1 - share) * height) + 0.5;
    line(EDGE.left, y, EDGE.left + width, y);
    overlay.fillText(text, EDGE.left - 6, y);
  }
  overlay.save();
  overlay.beginPath();
  overlay.rect(EDGE.left, EDGE.top, width, height);
  overlay.clip();
  drawDiagonal();
  drawLasso();
  for (const row of state.stars) ring(row, 5, style("--star"), 1.5);
  if (state.row !== null) ring(state.row, 8, style("--ink"), 2);
  overlay.restore();
  byId("plot-missing").textContent = drawn.missing ? `${count(drawn.missing)} without a place on these axes` : "";
}

function line(x0, y0, x1, y1) {
  overlay.beginPath();
  overlay.moveTo(x0, y0);
  overlay.lineTo(x1, y1);
  overlay.stroke();
}

// Where both axes measure the same, the points at which they are equal.
function drawDiagonal() {
  const [x, y] = [column(state.x), column(state.y)];
  if (x === y || !x.unit || x.unit !== y.unit || !/^(distance|rank)/.test(x.unit)) return;
  overlay.strokeStyle = style("--muted");
  overlay.setLineDash([5, 4]);
  overlay.beginPath();
  for (let k = 0; k <= 200; k++) {
    const value = axes.x.valueAt(k / 200);
    overlay.lineTo(toX(value), toY(value));
  }
  overlay.stroke();
  overlay.setLineDash([]);
}

function drawLasso() {
  const { lasso } = state;
  const own = lasso && lasso.x === state.x && lasso.y === state.y ? lasso.points.map(([x, y]) => [toX(x), toY(y)]) : null;
  const path = dragging?.path ?? own;
  if (!path || path.length < 2) return;
  overlay.strokeStyle = style("--accent");
  overlay.fillStyle = style("--accent-faint");
  overlay.lineWidth = 1.5;
  overlay.beginPath();
  for (const [x, y] of path) overlay.lineTo(x, y);
  overlay.closePath();
  overlay.fill();
  overlay.stroke();
}

function ring(row, radius, ink, wide) {
  const [x, y] = [toX(column(state.x).values[row]), toY(column(state.y).values[row])];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  overlay.strokeStyle = ink;
  overlay.lineWidth = wide;
  overlay.beginPath();
  overlay.arc(x, y, radius, 0, 2 * Math.PI);
  overlay.stroke();
}

// The row whose point is next to a place on the overlay, of those that pass; null where none is near.
function rowAt(x, y) {
  let [best, least] = [null, NEAR ** 2];
  const { xy } = drawn;
  const seenX = (axes.x.end - axes.x.start) / (axes.x.whole[1] - axes.x.whole[0]);
  const seenY = (axes.y.end - axes.y.start) / (axes.y.whole[1] - axes.y.whole[0]);
  const [startX, startY] = [axes.x, axes.y].map((axis) => (axis.start - axis.whole[0]) / (axis.whole[1] - axis.whole[0]));
  const [px, py] = [(x - EDGE.left) / size[0], 1 - (y - EDGE.top) / size[1]];
  for (let row = 0; row < rows; row++) {
    if (!mask[row]) continue;
    const dx = ((xy[2 * row] - startX) / seenX - px) * size[0];
    const dy = ((xy[2 * row + 1] - startY) / seenY - py) * size[1];
    const away = dx * dx + dy * dy;
    if (away < least) [best, least] = [row, away];
  }
  return best;
}

function listenToPointers(canvas) {
  const fingers = new Map();
  const at = (event) => [event.offsetX, event.offsetY];

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    const pans = tool === "pan" || event.button === 1 || event.altKey;
    dragging = fingers.size > 1 ? { pinch: [...fingers.values()] } : { from: at(event), last: at(event), pans, path: null };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!dragging) return hover(event);
    const before = [...fingers.values()];
    fingers.set(event.pointerId, at(event));
    if (fingers.size > 1) pinch(before, [...fingers.values()]);
    else if (dragging.from) drag(at(event));
  });
  const released = (event) => {
    fingers.delete(event.pointerId);
    if (dragging?.from && event.type === "pointerup") drop(at(event));
    if (!fingers.size) dragging = null;
    redraw();
  };
  canvas.addEventListener("pointerup", released);
  canvas.addEventListener("pointercancel", released);
  canvas.addEventListener("pointerleave", () => (byId("tip").hidden = true));
  canvas.addEventListener("dblclick", () => change({ zoom: null }));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(at(event), 1.0015 ** event.deltaY);
    keepZoom();
  }, { passive: false }); // prettier-ignore
}

function drag([x, y]) {
  const far = Math.hypot(x - dragging.from[0], y - dragging.from[1]);
  if (!dragging.moved && far < 4) return;
  dragging.moved = true;
  byId("tip").hidden = true;
  if (dragging.pans) {
    axes.x.pan((x - dragging.last[0]) / size[0]);
    axes.y.pan(-(y - dragging.last[1]) / size[1]);
  } else (dragging.path ??= [dragging.from]).push([x, y]);
  dragging.last = [x, y];
  redraw();
}

function drop(end) {
  if (!dragging.moved) {
    const row = rowAt(...end);
    if (row !== null) openRow(row);
    else if (state.lasso) change({ lasso: null });
  } else if (dragging.pans) keepZoom();
  else {
    const path = thinned(dragging.path, 60);
    const inside = path.map(([x, y]) => [axes.x.valueAt((x - EDGE.left) / size[0]), axes.y.valueAt(1 - (y - EDGE.top) / size[1])]);
    change({ lasso: { x: state.x, y: state.y, points: inside.map((point) => point.map((value) => Number(value.toPrecision(6)))) } });
  }
  dragging = null;
}

// A lasso of a few dozen corners, which a link can carry.
const thinned = (path, most) => path.filter((_, k) => k % Math.ceil(path.length / most) === 0);

function pinch(before, now) {
  const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  zoomAt(middle(now), apart(before) / apart(now));
  axes.x.pan((middle(now)[0] - middle(before)[0]) / size[0]);
  axes.y.pan(-(middle(now)[1] - middle(before)[1]) / size[1]);
  keepZoom();
}

function zoomAt([x, y], factor) {
  axes.x.zoom((x - EDGE.left) / size[0], factor);
  axes.y.zoom(1 - (y - EDGE.top) / size[1], factor);
}

const keepZoom = () => change({ zoom: [axes.x.start, axes.x.end, axes.y.start, axes.y.end].map((end) => Number(end.toPrecision(7))) });

function hover(event) {
  const tip = byId("tip");
  const row = axes && size ? rowAt(event.offsetX, event.offsetY) : null;
  tip.hidden = row === null;
  if (row === null) return;
  if (tip.dataset.row !== String(row)) {
    tip.dataset.row = String(row);
    const picture = pictureOf(row);
    tip.replaceChildren(...(picture ? [thumbnail(picture, 48)] : []), element("span", {}, ...lines(row)));
  }
  const right = event.offsetX > plot.clientWidth / 2;
  tip.style.cssText = `top:${event.offsetY + 12}px;${right ? `right:${plot.clientWidth - event.offsetX + 12}px` : `left:${event.offsetX + 12}px`}`;
}

function lines(row) {
  const [label, predicted] = [byName.get("label"), answers()];
  const told = [element("b", {}, column("sample").shownAt(row)), " ", named(column("view").shownAt(row), { class: "quiet" })];
  if (predicted) told.push(element("br"), label ? named(label.category(row)) : "", " → ", named(predicted.category(row)));
  return told;
}
