// What is done to the scatter: a drag draws a lasso or moves the plot, the wheel and two fingers zoom, a click opens a sample.

import { byId, element, named } from "./format.js";
import { pictureOf, thumbnail } from "./pictures.js";
import { plot, rowAt, sharesAt } from "./plot.js";
import { answers, byName, change, column, openRow, state } from "./store.js";

// tool: `lasso` or `pan`; dragging: what is going on, with the path of a lasso.
export const gesture = { tool: "lasso", dragging: null };

// redraw: draws what a gesture has changed before the state does.
export function listenToPointers(canvas, redraw) {
  const fingers = new Map();
  const at = (event) => [event.offsetX, event.offsetY];

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    const pans = gesture.tool === "pan" || event.button === 1 || event.altKey;
    gesture.dragging = fingers.size > 1 ? { pinch: [...fingers.values()] } : { from: at(event), last: at(event), pans, path: null };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!gesture.dragging) return hover(canvas, event);
    const before = [...fingers.values()];
    fingers.set(event.pointerId, at(event));
    if (fingers.size > 1) pinch(before, [...fingers.values()]);
    else if (gesture.dragging.from) drag(at(event));
    redraw();
  });
  const released = (event) => {
    fingers.delete(event.pointerId);
    if (gesture.dragging?.from && event.type === "pointerup") drop(at(event));
    if (!fingers.size) gesture.dragging = null;
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
  const far = Math.hypot(x - gesture.dragging.from[0], y - gesture.dragging.from[1]);
  if (!gesture.dragging.moved && far < 4) return;
  gesture.dragging.moved = true;
  byId("tip").hidden = true;
  if (gesture.dragging.pans) {
    plot.x.pan((x - gesture.dragging.last[0]) / plot.size[0]);
    plot.y.pan(-(y - gesture.dragging.last[1]) / plot.size[1]);
  } else (gesture.dragging.path ??= [gesture.dragging.from]).push([x, y]);
  gesture.dragging.last = [x, y];
}

function drop(end) {
  if (!gesture.dragging.moved) {
    const row = rowAt(end);
    if (row !== null) openRow(row);
    else if (state.lasso) change({ lasso: null });
  } else if (gesture.dragging.pans) keepZoom();
  else {
    const path = thinned(gesture.dragging.path, 60);
    const inside = path.map((point) => sharesAt(point)).map(([x, y]) => [plot.x.valueAt(x), plot.y.valueAt(y)]);
    change({ lasso: { x: state.x, y: state.y, points: inside.map((point) => point.map((value) => Number(value.toPrecision(6)))) } });
  }
  gesture.dragging = null;
}

// A lasso of a few dozen corners, which a link can carry.
const thinned = (path, most) => path.filter((_, k) => k % Math.ceil(path.length / most) === 0);

function pinch(before, now) {
  const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  zoomAt(middle(now), apart(before) / apart(now));
  plot.x.pan((middle(now)[0] - middle(before)[0]) / plot.size[0]);
  plot.y.pan(-(middle(now)[1] - middle(before)[1]) / plot.size[1]);
  keepZoom();
}

function zoomAt(place, factor) {
  const [x, y] = sharesAt(place);
  plot.x.zoom(x, factor);
  plot.y.zoom(y, factor);
}

const keepZoom = () => change({ zoom: [plot.x.start, plot.x.end, plot.y.start, plot.y.end].map((end) => Number(end.toPrecision(7))) });

function hover(canvas, event) {
  const tip = byId("tip");
  const row = plot.x && plot.size ? rowAt([event.offsetX, event.offsetY]) : null;
  tip.hidden = row === null;
  if (row === null) return;
  if (tip.dataset.row !== String(row)) {
    tip.dataset.row = String(row);
    const picture = pictureOf(row);
    tip.replaceChildren(...(picture ? [thumbnail(picture, 48)] : []), element("span", {}, ...lines(row)));
  }
  const right = event.offsetX > canvas.clientWidth / 2;
  tip.style.cssText = `top:${event.offsetY + 12}px;${right ? `right:${canvas.clientWidth - event.offsetX + 12}px` : `left:${event.offsetX + 12}px`}`;
}

function lines(row) {
  const [label, predicted] = [byName.get("label"), answers()];
  const told = [element("b", {}, column("sample").shownAt(row)), " ", named(column("view").shownAt(row), { class: "quiet" })];
  if (predicted) told.push(element("br"), label ? named(label.category(row)) : "", " → ", named(predicted.category(row)));
  return told;
}
