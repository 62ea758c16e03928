// Where the scatter lies: its axes, its size on the screen, the place of every row. What draws and what is clicked share it.

import { Axis } from "./scales.js";
import { column, mask, rows, state } from "./store.js";

export const EDGE = { left: 46, right: 10, top: 10, bottom: 30 }; // pixels around the plot
const NEAR = 14; // pixels from a point that count as on it

// x, y: axes; size: [width, height] in pixels of the page; xy: shares of the whole axes, for points; missing: how many
// rows have no place; views: those that the axes were made for.
export const plot = { x: null, y: null, size: null, xy: null, missing: 0, views: "" };

export const viewsNow = () => String(state.filters.view?.codes ?? null);
export const toX = (value) => EDGE.left + plot.x.share(value) * plot.size[0];
export const toY = (value) => EDGE.top + (1 - plot.y.share(value)) * plot.size[1];
// Shares of the axes, of a place on the overlay.
export const sharesAt = ([x, y]) => [(x - EDGE.left) / plot.size[0], 1 - (y - EDGE.top) / plot.size[1]];

// Puts every row onto the axes, which reach as far as the samples of the views that are listed.
export function placeRows() {
  const [xs, ys] = [column(state.x).values, column(state.y).values];
  const views = state.filters.view?.codes ?? null;
  const { codes } = column("view");
  const counts = views ? (row) => views.includes(codes[row]) : () => true;
  Object.assign(plot, { x: new Axis(xs, state.xlog, counts), y: new Axis(ys, state.ylog, counts), views: viewsNow() });
  plot.xy = new Float32Array(2 * rows);
  plot.missing = 0;
  for (let row = 0; row < rows; row++) {
    const [x, y] = [plot.x.share(xs[row]), plot.y.share(ys[row])];
    // Infinity is no place on a screen.
    const known = Number.isFinite(x) && Number.isFinite(y);
    plot.xy[2 * row] = known ? x : NaN;
    plot.xy[2 * row + 1] = y;
    if (!known) plot.missing++;
  }
  applyZoom();
}

export function applyZoom() {
  plot.x.reset();
  plot.y.reset();
  if (state.zoom) [plot.x.start, plot.x.end, plot.y.start, plot.y.end] = state.zoom;
}

// What is seen of the whole axes: start and size, in shares of them.
export function seenPart() {
  const of = (axis) => axis.whole[1] - axis.whole[0];
  const start = (axis) => (axis.start - axis.whole[0]) / of(axis);
  const size = (axis) => (axis.end - axis.start) / of(axis);
  return [start(plot.x), start(plot.y), size(plot.x), size(plot.y)];
}

// The row whose point is next to a place on the overlay, of those that pass; null where none is near.
export function rowAt(place) {
  let [best, least] = [null, NEAR ** 2];
  const { xy, size } = plot;
  const [startX, startY, wide, high] = seenPart();
  const [px, py] = sharesAt(place);
  for (let row = 0; row < rows; row++) {
    if (!mask[row]) continue;
    const dx = ((xy[2 * row] - startX) / wide - px) * size[0];
    const dy = ((xy[2 * row + 1] - startY) / high - py) * size[1];
    const away = dx * dx + dy * dy;
    if (away < least) [best, least] = [row, away];
  }
  return best;
}
