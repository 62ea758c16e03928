// Middle, the other way: the rows that pass as images.

import { byId, element, named } from "./format.js";
import { isWrong } from "./list.js";
import { hasPictures, pictureOf, showThumbnail } from "./pictures.js";
import { answers, change, column, current, openRow, state } from "./store.js";

const TILE = { width: 84, height: 104, image: 72 };
const SPARE = 1; // rows of tiles

let scroller, body;
let pool = [];

export function openGallery() {
  scroller = byId("gallery");
  body = byId("gallery-body");
  scroller.addEventListener("scroll", fillGallery, { passive: true });
  new ResizeObserver(fillGallery).observe(scroller);
  byId("mode-table").addEventListener("click", () => change({ mode: "table" }));
  byId("mode-gallery").addEventListener("click", () => change({ mode: "gallery" }));
  byId("modes").hidden = !hasPictures;
}

export const tilesAcross = () => Math.max(1, Math.floor((scroller.clientWidth - 8) / TILE.width));

export function updateGallery(keys) {
  if (keys.has("mode")) {
    scroller.hidden = state.mode !== "gallery";
    for (const mode of ["table", "gallery"]) byId(`mode-${mode}`).setAttribute("aria-pressed", String(state.mode === mode));
  }
  if (state.mode !== "gallery") return;
  if (keys.has("row")) revealTile();
  if (["listed", "row", "stars", "mode"].some((key) => keys.has(key))) fillGallery();
}

function fillGallery() {
  if (state.mode !== "gallery" || !scroller.clientHeight) return;
  const across = tilesAcross();
  body.style.height = `${Math.ceil(current.listed.length / across) * TILE.height}px`;
  const first = Math.max(0, Math.floor(scroller.scrollTop / TILE.height) - SPARE) * across;
  const wanted = Math.min(current.listed.length - first, (Math.ceil(scroller.clientHeight / TILE.height) + 2 * SPARE) * across);
  while (pool.length < wanted) pool.push(body.appendChild(blankTile()));
  pool.forEach((tile, k) => {
    tile.hidden = k >= wanted;
    if (k < wanted) writeTile(tile, first + k, across);
  });
}

function blankTile() {
  const tile = element("button", { type: "button", class: "tile", tabindex: -1, role: "option" },
    element("span", { class: "thumb" }, element("i")), element("span", { class: "caption" })); // prettier-ignore
  tile.addEventListener("click", () => openRow(Number(tile.dataset.row)));
  return tile;
}

function writeTile(tile, place, across) {
  const row = current.listed[place];
  tile.dataset.row = String(row);
  tile.style.transform = `translate(${4 + (place % across) * TILE.width}px, ${Math.floor(place / across) * TILE.height}px)`;
  tile.setAttribute("aria-selected", String(row === state.row));
  tile.classList.toggle("wrong", isWrong(row));
  const picture = pictureOf(row);
  const inner = tile.firstChild.firstChild;
  inner.hidden = !picture;
  if (picture) showThumbnail(inner, picture, TILE.image);
  const label = column("label") ? [named(column("label").category(row))] : [];
  const answer = isWrong(row) || !label.length ? ["→", named(answers().category(row))] : [];
  tile.lastChild.replaceChildren(state.stars.has(row) ? "★ " : "", ...label, ...answer);
  tile.setAttribute("aria-label", `sample ${column("sample").shownAt(row)}: ${column("label")?.category(row) ?? ""}, taken for ${answers().category(row)}`);
}

function revealTile() {
  const place = current.listed.indexOf(state.row);
  if (place < 0) return;
  const top = Math.floor(place / tilesAcross()) * TILE.height;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + scroller.clientHeight - TILE.height) scroller.scrollTop = top - scroller.clientHeight + TILE.height;
}
