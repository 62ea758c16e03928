// Above the points: axes, the diagonal, the lasso, rings around the open sample and the stars.

import { byId, count } from "./format.js";
import { EDGE, plot, toX, toY } from "./plot.js";
import { column, state } from "./store.js";

let overlay; // the context that is drawn on

export const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// path: of a lasso that is being drawn, in pixels.
export function drawOverlay(context, path) {
  overlay = context;
  const [width, height] = plot.size;
  overlay.clearRect(0, 0, width + EDGE.left + EDGE.right, height + EDGE.top + EDGE.bottom);
  overlay.font = "11px system-ui, sans-serif";
  overlay.strokeStyle = style("--line");
  overlay.fillStyle = style("--muted");
  overlay.lineWidth = 1;
  overlay.textBaseline = "middle";
  overlay.textAlign = "center";
  for (const { share, text } of plot.x.ticks(width / 80)) {
    const x = Math.round(EDGE.left + share * width) + 0.5;
    line(x, EDGE.top, x, EDGE.top + height);
    overlay.fillText(text, x, EDGE.top + height + 12);
  }
  overlay.textAlign = "right";
  for (const { share, text } of plot.y.ticks(height / 60)) {
    const y = Math.round(EDGE.top + (1 - share) * height) + 0.5;
    line(EDGE.left, y, EDGE.left + width, y);
    overlay.fillText(text, EDGE.left - 6, y);
  }
  overlay.save();
  overlay.beginPath();
  overlay.rect(EDGE.left, EDGE.top, width, height);
  overlay.clip();
  drawDiagonal();
  drawLasso(path);
  for (const row of state.stars) ring(row, 5, style("--star"), 1.5);
  if (state.row !== null) ring(state.row, 8, style("--ink"), 2);
  overlay.restore();
  byId("plot-missing").textContent = plot.missing ? `${count(plot.missing)} without a place on these axes` : "";
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
    const value = plot.x.valueAt(k / 200);
    overlay.lineTo(toX(value), toY(value));
  }
  overlay.stroke();
  overlay.setLineDash([]);
}

function drawLasso(drawn) {
  const { lasso } = state;
  const own = lasso && lasso.x === state.x && lasso.y === state.y ? lasso.points.map(([x, y]) => [toX(x), toY(y)]) : null;
  const path = drawn ?? own;
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
