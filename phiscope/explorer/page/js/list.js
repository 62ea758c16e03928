// Middle: the rows that pass, as a table. Only those that are seen are in the document.

import { byId, count, element, visible } from "./format.js";
import { hasPictures, pictureOf, showThumbnail } from "./pictures.js";
import { describe } from "./scatter.js";
import { change, column, current, openRow, rows, state } from "./store.js";
import { toggleStar } from "./stars.js";

const HEIGHT = 34; // pixels of a row
const SPARE = 6; // rows above and below those that are seen
const WIDTHS = { star: 26, picture: 38, text: 104, category: 76, number: 84, integer: 60 };

let scroller, body;
let pool = []; // elements of rows, used again
let shownFrom = -1;

export function openList() {
  scroller = byId("table");
  body = byId("table-body");
  scroller.addEventListener("scroll", fill, { passive: true });
  new ResizeObserver(fill).observe(scroller);
}

export function updateList(keys) {
  if (keys.has("shown") || keys.has("sort") || !byId("table-head").firstChild) head();
  if (keys.has("listed") || keys.has("shown")) {
    byId("listed").textContent = current.listed.length === rows ? `${count(rows)} listed` : `${count(current.listed.length)} of ${count(rows)} listed`;
    scroller.setAttribute("aria-rowcount", String(current.listed.length + 1));
    body.style.height = `${current.listed.length * HEIGHT}px`;
  }
  if (keys.has("mode")) byId("table").hidden = state.mode !== "table";
  if (keys.has("row") && state.mode === "table") reveal();
  if (["listed", "shown", "row", "stars", "mode", "exact"].some((key) => keys.has(key))) {
    shownFrom = -1;
    fill();
  }
  if (keys.has("shown") || keys.has("exact")) readShown();
}

// Numbers are shown when they are exact: they are read for columns that are in the list.
function readShown() {
  const missing = state.shown.map(column).filter((own) => !own.isExact);
  if (missing.length) Promise.all(missing.map((own) => own.exact())).then(() => change({ exact: missing[0].name }));
}

// Words for who hears the page: the column shows what it is.
const unseen = (text) => element("span", { class: "unseen" }, text);

function head() {
  const cells = [element("span", { role: "columnheader", class: "cell star" }, unseen("star"))];
  if (hasPictures) cells.push(element("span", { role: "columnheader", class: "cell" }, unseen("image")));
  for (const own of state.shown.map(column)) cells.push(headCell(own));
  byId("table-head").replaceChildren(...cells);
  const widths = [WIDTHS.star, ...(hasPictures ? [WIDTHS.picture] : []), ...state.shown.map((name) => WIDTHS[column(name).kind])];
  scroller.style.setProperty("--cells", widths.map((width) => `minmax(${width}px, ${width}fr)`).join(" "));
  scroller.style.setProperty("--wide", `${widths.reduce((sum, width) => sum + width, 0)}px`);
  scroller.setAttribute("aria-colcount", String(widths.length));
  pool.forEach((row) => row.remove());
  pool = [];
}

function headCell(own) {
  const sorted = state.sort?.column === own.name ? (state.sort.descending ? "descending" : "ascending") : "none";
  const button = element("button", { type: "button", title: describe(own), onclick: () => sortBy(own) }, visible(own.title), element("i", { "aria-hidden": "true" }, { ascending: " ↑", descending: " ↓", none: "" }[sorted]));
  return element("span", { role: "columnheader", "aria-sort": sorted, class: `cell ${own.hasRange ? "number" : ""}` }, button);
}

// Up, down, and as it was.
function sortBy(own) {
  const { sort } = state;
  if (sort?.column !== own.name) change({ sort: { column: own.name, descending: false } });
  else change({ sort: sort.descending ? null : { column: own.name, descending: true } });
}

function fill() {
  if (state.mode !== "table" || !scroller.clientHeight) return;
  const first = Math.max(0, Math.floor(scroller.scrollTop / HEIGHT) - SPARE);
  const wanted = Math.min(current.listed.length - first, Math.ceil(scroller.clientHeight / HEIGHT) + 2 * SPARE);
  if (first === shownFrom && pool.length >= wanted) return;
  shownFrom = first;
  while (pool.length < wanted) pool.push(body.appendChild(blankRow()));
  pool.forEach((row, k) => {
    row.hidden = k >= wanted;
    if (k < wanted) write(row, first + k);
  });
}

function blankRow() {
  const star = element("button", { type: "button", class: "cell star", tabindex: -1 });
  const made = element("div", { role: "row", class: "row" }, element("span", { role: "gridcell" }, star));
  if (hasPictures) made.append(element("span", { role: "gridcell", class: "cell" }, element("span", { class: "thumb", "aria-hidden": "true" }, element("i"))));
  for (const own of state.shown.map(column)) made.append(element("bdi", { role: "gridcell", class: `cell ${own.hasRange ? "number" : ""}` }));
  star.addEventListener("click", (event) => {
    event.stopPropagation();
    toggleStar(Number(made.dataset.row));
  });
  made.addEventListener("click", () => openRow(Number(made.dataset.row)));
  return made;
}

function write(made, place) {
  const row = current.listed[place];
  made.dataset.row = String(row);
  made.id = `row-${row}`;
  made.style.transform = `translateY(${place * HEIGHT}px)`;
  made.setAttribute("aria-rowindex", String(place + 2));
  made.setAttribute("aria-selected", String(row === state.row));
  const starred = state.stars.has(row);
  const star = made.firstChild.firstChild;
  star.textContent = starred ? "★" : "☆";
  star.setAttribute("aria-pressed", String(starred));
  star.setAttribute("aria-label", `star sample ${column("sample").shownAt(row)}`);
  let cell = made.firstChild.nextSibling;
  if (hasPictures) {
    const picture = pictureOf(row);
    const inner = cell.firstChild.firstChild;
    inner.hidden = !picture;
    if (picture) showThumbnail(inner, picture, 30);
    cell = cell.nextSibling;
  }
  for (const name of state.shown) {
    const own = column(name);
    cell.textContent = visible(own.shownAt(row));
    cell.classList.toggle("wrong", name === "predicted" && isWrong(row));
    if (own.isText) cell.title = cell.textContent;
    cell = cell.nextSibling;
  }
}

export const isWrong = (row) => column("outcome")?.codes[row] === 2;

// Brings the open sample into sight.
function reveal() {
  const place = current.listed.indexOf(state.row);
  scroller.setAttribute("aria-activedescendant", state.row === null ? "" : `row-${state.row}`);
  if (place < 0) return;
  const [top, seen] = [place * HEIGHT, scroller.clientHeight - HEIGHT];
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + seen - HEIGHT) scroller.scrollTop = top - seen + HEIGHT;
}
