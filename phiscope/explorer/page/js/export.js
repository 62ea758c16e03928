// CSV of what is listed, or of the stars: numbers and file names, label and prediction, and the columns of the list, every
// digit of them as in the Parquet tables.

import { manifest } from "./blocks.js";
import { byId, element } from "./format.js";
import { byName, columns, current, state } from "./store.js";

const ALWAYS = ["view", "sample", "file", "label", "predicted"];

export function openExport() {
  byId("export-listed").addEventListener("click", () => save("listed", [...current.listed]));
  byId("export-stars").addEventListener("click", () => save("stars", [...state.stars].sort((a, b) => a - b)));
}

export async function csvOf(some) {
  const wanted = [...ALWAYS.filter((name) => byName.has(name)), ...columns.map((own) => own.name).filter((name) => state.shown.includes(name) && !ALWAYS.includes(name))];
  const own = await Promise.all(wanted.map((name) => byName.get(name).exact()));
  const lines = [own.map((each) => each.name), ...some.map((row) => own.map((each) => each.exportedAt(row)))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

async function save(what, some) {
  const address = URL.createObjectURL(new Blob(["\ufeff", await csvOf(some)], { type: "text/csv" }));
  element("a", { href: address, download: `${manifest.title.replace(/[^\p{L}\p{N}]+/gu, "-")}-${what}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
