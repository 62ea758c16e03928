// `/`: a sample by its number, or by part of a file name, label or prediction.

import { byId, count, element, named } from "./format.js";
import { pictureOf, thumbnail } from "./pictures.js";
import { byName, column, filterBy, openRow, rows, state } from "./store.js";

const MOST = 12; // samples that are offered
let offered = []; // [{row}] or [{column, code}]
let chosen = -1;

export function openSearch() {
  const input = byId("search");
  input.addEventListener("input", async () => {
    offer(input.value.trim());
    const file = byName.get("file");
    if (!file || file.isExact) return;
    await file.exact(); // names are read when they are first asked for
    if (document.activeElement === input) offer(input.value.trim());
  });
  input.addEventListener("focus", () => {
    byName.get("file")?.exact();
    input.select(); // what is typed replaces what was sought before
    if (input.value) offer(input.value.trim());
  });
  input.addEventListener("blur", () => setTimeout(close, 150)); // after a click on an offer
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter") take(offered[Math.max(chosen, 0)]);
    else if (event.key === "Escape") {
      close();
      input.blur();
    } else return;
    event.stopPropagation();
  });
}

function offer(text) {
  offered = text ? [...classesLike(text), ...samplesLike(text)].slice(0, MOST) : [];
  byId("offers").replaceChildren(...offered.map(line));
  byId("offers").hidden = !text;
  if (text && !offered.length) byId("offers").append(element("p", { class: "quiet" }, "No sample has this number, label or file name."));
  byId("search").setAttribute("aria-expanded", String(offered.length > 0));
  choose(0);
}

function classesLike(text) {
  const part = text.toLowerCase();
  return ["label", "predicted", "A_predicted", "B_predicted"].filter((name) => byName.has(name)).flatMap((name) =>
    column(name).categories.flatMap((category, k) => (category.toLowerCase().includes(part) ? [{ column: name, code: k + 1 }] : []))); // prettier-ignore
}

// By number first: as it is, then those that begin with it; of the views that pass a filter of the view.
function samplesLike(text) {
  const view = state.filters.view?.codes;
  const [sample, file] = [column("sample"), byName.get("file")];
  const part = text.toLowerCase();
  const [exact, begins, named_] = [[], [], []];
  for (let row = 0; row < rows && exact.length + begins.length + named_.length < 5000; row++) {
    if (view && !view.includes(column("view").codes[row])) continue;
    const number = String(sample.codes[row]);
    if (number === text) exact.push({ row });
    else if (number.startsWith(text)) begins.push({ row });
    else if (file?.texts?.[row]?.toLowerCase().includes(part)) named_.push({ row });
  }
  return [...exact, ...begins, ...named_];
}

function line(each) {
  const made = element("div", { role: "option", onpointerdown: (event) => { event.preventDefault(); take(each); } }); // prettier-ignore
  if (each.row === undefined) {
    const own = column(each.column);
    const number = own.codes.reduce((sum, code) => sum + (code === each.code ? 1 : 0), 0);
    made.append(element("span", {}, each.column === "label" ? "labelled " : `${own.title}: `, named(own.categories[each.code - 1])), element("small", {}, count(number)));
    return made;
  }
  const picture = pictureOf(each.row);
  if (picture) made.append(thumbnail(picture, 24));
  const file = byName.get("file")?.texts?.[each.row];
  made.append(element("span", {}, element("b", {}, column("sample").shownAt(each.row)), " ", named(file ?? column("label")?.category(each.row) ?? "")), named(column("view").category(each.row), { class: "quiet" }));
  return made;
}

function choose(place) {
  const lines = [...byId("offers").querySelectorAll('[role="option"]')];
  chosen = lines.length ? (place + lines.length) % lines.length : -1;
  lines.forEach((each, k) => each.setAttribute("aria-selected", String(k === chosen)));
}

function take(each) {
  if (!each) return;
  if (each.row !== undefined) openRow(each.row);
  else filterBy(each.column, { codes: [each.code] });
  close();
  byId("search").blur();
}

function close() {
  byId("offers").hidden = true;
  byId("search").setAttribute("aria-expanded", "false");
}
