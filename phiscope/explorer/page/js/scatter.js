// Left: any two quantities against each other. Points are drawn by points.js, what stands above them by overlay.js.

import { byId, element } from "./format.js";
import { gesture, listenToPointers } from "./gestures.js";
import { painted, showLegend } from "./legend.js";
import { drawOverlay, style } from "./overlay.js";
import { applyZoom, EDGE, placeRows, plot, seenPart, viewsNow } from "./plot.js";
import { pointsOn } from "./points.js";
import { change, column, columns, current, mask, state, timings } from "./store.js";

let points, overlay, frame;

export function openScatter() {
  frame = byId("plot");
  points = pointsOn(byId("points"));
  overlay = byId("overlay").getContext("2d");
  fillSelects();
  new ResizeObserver(resized).observe(frame);
  listenToPointers(byId("overlay"), redraw);
}

export function updateScatter(keys) {
  const moved = ["x", "y", "xlog", "ylog"].some((key) => keys.has(key));
  if (moved || !plot.x || plot.views !== viewsNow() || (keys.has("exact") && [state.x, state.y].includes(state.exact))) {
    placeRows();
    points.set({ xy: plot.xy, flags: flags() });
  }
  if (moved || keys.has("zoom")) applyZoom();
  if (keys.has("colour") || keys.has("theme")) points.set(painted());
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
      gesture.tool = name;
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
  for (const name of ["lasso", "pan"]) byId(`tool-${name}`).setAttribute("aria-pressed", String(gesture.tool === name));
  byId("overlay").style.cursor = gesture.tool === "pan" ? "grab" : "crosshair";
  showLegend();
}

export const describe = (own) => [own.description, own.unit && `(${own.unit})`].filter(Boolean).join(" ");

// 2 where a row passes, 1 where it stands behind those that do: samples of the same views.
function flags() {
  const views = state.filters.view?.codes;
  const { codes } = column("view");
  return mask.map((passes, row) => (passes ? 2 : !views || views.includes(codes[row]) ? 1 : 0));
}

function resized() {
  const [width, height] = [frame.clientWidth, frame.clientHeight];
  if (!width || !height) return;
  const dots = window.devicePixelRatio || 1;
  plot.size = [width - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom];
  Object.assign(byId("points"), { width: Math.round(plot.size[0] * dots), height: Math.round(plot.size[1] * dots) });
  byId("points").style.cssText = `left:${EDGE.left}px;top:${EDGE.top}px;width:${plot.size[0]}px;height:${plot.size[1]}px`;
  Object.assign(byId("overlay"), { width: width * dots, height: height * dots });
  overlay.setTransform(dots, 0, 0, dots, 0, 0);
  redraw();
}

function redraw() {
  if (!redraw.waiting) redraw.waiting = requestAnimationFrame(draw);
}

function draw() {
  redraw.waiting = null;
  if (!plot.x || !plot.size) return;
  const dots = window.devicePixelRatio || 1;
  const seen = seenPart();
  const zoomed = Math.min(1 / seen[2], 40) ** 0.5;
  const each = Math.min(Math.max(110 / Math.sqrt(current.listed.length || 1), 2.6), 6) * Math.min(zoomed, 3);
  points.draw(seen, each * dots, style("--faint"));
  drawOverlay(overlay, gesture.dragging?.path);
  timings.drawn ??= performance.now();
}
