// Thumbnails, cut out of sheets of 256 images; a sheet is read when the first of them is seen.

import { blockBytes, manifest } from "./blocks.js";
import { element } from "./format.js";
import { column, current } from "./store.js";

const sheets = new Map(); // name of a block -> promise of the address of its picture

function sheet(group, number) {
  const name = `sheet/${group}/${number}`;
  if (!sheets.has(name))
    sheets.set(name, blockBytes(name).then((bytes) => URL.createObjectURL(new Blob([bytes], { type: "image/webp" }))));
  return sheets.get(name);
}

export const hasPictures = Object.keys(manifest.pictures).length > 0;

// [group, place] of the image of a row under its view, null where there is none.
export function pictureOf(row) {
  const view = column("view");
  const group = view.categories[view.codes[row] - 1];
  return current.pictures[row] >= 0 && manifest.pictures[group] ? [group, current.pictures[row]] : null;
}

// An element that shows one thumbnail, at most `size` pixels wide and high; words: what it shows, empty beside a text
// that says so.
export function thumbnail(picture, size, words = "") {
  const made = element("span", { class: "thumb", style: `width:${size}px;height:${size}px`, ...(words ? { role: "img", "aria-label": words } : { "aria-hidden": "true" }) });
  const inner = element("i");
  made.append(inner);
  if (picture) showThumbnail(inner, picture, size);
  return made;
}

export function showThumbnail(inner, [group, place], size) {
  const about = manifest.pictures[group];
  const { perRow, perSheet } = about;
  const scale = size / Math.max(about.width, about.height);
  const within = place % perSheet;
  const number = Math.floor(place / perSheet);
  const wanted = `${group}/${place}`;
  inner.dataset.picture = wanted;
  inner.style.width = `${about.width * scale}px`;
  inner.style.height = `${about.height * scale}px`;
  // Small images are looked at pixel by pixel; photographs are smoothed.
  inner.style.imageRendering = scale >= 1 && about.original_width <= 64 ? "pixelated" : "auto";
  sheet(group, number).then(
    (address) => {
      if (inner.dataset.picture !== wanted) return; // it shows another image by now
      const column_ = within % perRow;
      const row = Math.floor(within / perRow);
      const wide = about.cell_width * Math.min(perRow, countIn(group, number)) * scale;
      inner.style.backgroundImage = `url(${address})`;
      inner.style.backgroundSize = `${wide}px auto`;
      inner.style.backgroundPosition = `${-column_ * about.cell_width * scale}px ${-row * about.cell_height * scale}px`;
    },
    (error) => (inner.title = error.message),
  );
}

// How many images a sheet has: the last one may have less than a whole row.
function countIn(group, number) {
  const { perSheet, count } = manifest.pictures[group];
  return Math.min(perSheet, count - number * perSheet);
}
