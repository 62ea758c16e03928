// Right: all that is known of one sample. What is not in the columns comes in shards of 256 samples.

import { block, manifest } from "./blocks.js";
import { byId, count, element, named } from "./format.js";
import { isWrong } from "./list.js";
import { at, facts, parts, section, SPACES } from "./parts.js";
import { hasPictures, pictureOf, thumbnail } from "./pictures.js";
import { reasonsOf } from "./questions.js";
import { toggleStar } from "./stars.js";
import { answers, byName, change, column, columns, openRow, rows, state } from "./store.js";
import { readTraining, trainingSample } from "./training.js";

let asked = 0; // counts openings, so that a slow one does not overwrite a later one

export function updateSample(keys) {
  if (keys.has("row") || keys.has("training")) show();
  else if (keys.has("stars")) byId("sample").querySelectorAll("h2 .star").forEach(starButton);
}

async function show() {
  const turn = ++asked;
  const panel = byId("sample");
  if (state.row === null && state.training === null) {
    panel.replaceChildren(element("p", { class: "quiet" }, "Click a point, a row or an image, or move with the arrow keys."));
    return;
  }
  try {
    const content = state.training === null ? await ofRow(state.row) : await ofTraining(state.training);
    if (turn !== asked) return;
    panel.replaceChildren(...content);
    panel.scrollTop = 0;
  } catch (error) {
    panel.replaceChildren(element("p", { class: "quiet", role: "alert" }, error.message));
  }
}

async function ofRow(row) {
  await Promise.all(columns.map((each) => (each.isText || NEEDED.has(each.name) ? each.exact() : null)));
  const details = manifest.details ? await detailsOf(row) : null;
  if (details) await readTraining();
  return [heading(row), views(row), reasons(row), ...(details ? parts(row, details) : []), ...pairs(row), everything(row)].filter(Boolean);
}

const NEEDED = new Set(["margin", "confidence", "hull_distance", "ambiguity", "highest_percentile"]);

// Arrays of the shard, cut to the sample.
async function detailsOf(row) {
  const { rows: each } = manifest.details;
  const { arrays, about } = await block(`details/${Math.floor(row / each)}`);
  const place = row % each;
  const held = Math.min(each, rows - row + place);
  const own = (name) => {
    const array = arrays[name];
    if (!array) return null;
    const wide = array.length / held;
    return array.subarray(place * wide, (place + 1) * wide);
  };
  const several = (name, part) => {
    const ends = arrays[`${name}_ends`];
    return ends ? arrays[`${name}_${part}`].subarray(ends[place], ends[place + 1]) : null;
  };
  return { own, several, rows: (name) => about[name]?.[row] ?? [] };
}

function starButton(button) {
  const starred = state.stars.has(state.row);
  button.textContent = starred ? "★" : "☆";
  button.setAttribute("aria-pressed", String(starred));
  button.setAttribute("aria-label", "star this sample");
  return button;
}

function heading(row) {
  const label = column("label");
  const file = at("file", row);
  const star = starButton(element("button", { type: "button", class: "star", title: "star (s)", onclick: () => toggleStar(state.row) }));
  const two = byName.get("B_predicted");
  const answer = two
    ? element("p", { class: `answer ${isWrong(row) ? "wrong" : ""}` }, label?.codes[row] ? ["labelled ", named(label.category(row)), "; "] : "", "A says ", named(answers().category(row)), ", B ", named(two.category(row)))
    : isWrong(row)
    ? element("p", { class: "answer wrong" }, "✗ labelled ", named(label.category(row)), ", taken for ", named(answers().category(row)))
    : label && label.codes[row]
      ? element("p", { class: "answer" }, "labelled ", named(label.category(row)), " and recognised")
      : element("p", { class: "answer" }, "no label, taken for ", named(answers().category(row)));
  return element("header", {},
    element("h2", { tabindex: -1, id: "sample-title" }, `${manifest.split === "train" ? "Training" : "Test"} sample ${at("sample", row)}`, star),
    named(at("view", row) === "original" ? "" : `under ${at("view", row)}`, { class: "quiet" }),
    file && file !== "–" ? element("p", { class: "file" }, named(file)) : null, answer); // prettier-ignore
}

// Its image in all views; those of another data set with this number are other images.
function views(row) {
  const [view, sample] = [column("view"), column("sample")];
  const origin = (each) => manifest.origins[view.category(each)] ?? view.category(each);
  const number = sample.values[row];
  const same = [];
  for (let each = 0; each < rows; each++) if (sample.codes[each] === number && origin(each) === origin(row)) same.push(each);
  const large = hasPictures && pictureOf(row) ? [thumbnail(pictureOf(row), 160, `image of sample ${number}`)] : [];
  if (same.length === 1) return large.length ? element("figure", { class: "image" }, large) : null;
  const tiles = same.map((each) => {
    const name = view.category(each);
    const words = manifest.views[name] ?? name;
    return element("button", { type: "button", class: `view ${isWrong(each) ? "wrong" : ""}`, title: words, "aria-pressed": String(each === row), onclick: () => openRow(each) },
      ...(pictureOf(each) ? [thumbnail(pictureOf(each), 44)] : []), named(name), element("small", {}, named(column("predicted").category(each)))); // prettier-ignore
  });
  return element("figure", { class: "image" }, large, element("div", { class: "views", role: "group", "aria-label": "views of this sample" }, tiles));
}

function reasons(row) {
  const found = reasonsOf(row);
  if (!found.length) return null;
  return section("Listed because", element("ul", { class: "reasons" }, found.map(({ title, why, rank, of, key }) =>
    element("li", {}, element("button", { type: "button", class: "link", onclick: () => change({ question: key, sort: null }) }, title),
      ` (${count(rank)} of ${count(of)}): `, named(why))))); // prettier-ignore
}

// Of two runs: what both say of the sample.
function pairs(row) {
  const groups = new Map();
  for (const own of columns) {
    const [, run, name] = /^([AB])_(.*)$/.exec(own.name) ?? [];
    if (run) groups.set(name, { ...groups.get(name), [run]: own });
  }
  const both = [...groups].filter(([, own]) => own.A && own.B);
  if (!both.length) return [];
  const body = both.map(([name, own]) => element("tr", {}, element("th", { scope: "row" }, name.replaceAll("_", " ")), ["A", "B"].map((run) => element("td", {}, named(own[run].shownAt(row))))));
  const made = section("Both runs", element("table", { class: "pairs" }, element("thead", {}, element("tr", {}, ["", "A", "B"].map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, body)));
  const missing = both.flatMap(([, own]) => [own.A, own.B]).filter((own) => !own.isExact);
  if (missing.length) Promise.all(missing.map((own) => own.exact())).then(() => made.replaceWith(...pairs(row)));
  return [made];
}

function everything(row) {
  const list = element("div");
  const made = element("details", {}, element("summary", {}, `all ${columns.length} columns`), list);
  made.addEventListener("toggle", async () => {
    await Promise.all(columns.map((each) => each.exact()));
    list.replaceChildren(facts(columns.map((own) => [named(own.title), named(own.shownAt(row), { title: own.exportedAt(row) })])));
  });
  return element("section", {}, made);
}

async function ofTraining(number) {
  await readTraining();
  const own = trainingSample(number);
  const back = state.row === null ? null : element("button", { type: "button", class: "plain", onclick: () => change({ training: null }) }, `← sample ${at("sample", state.row)}`);
  const told = Object.entries(own.supports).map(([kind, number_]) => [`rest on it in ${SPACES[kind]}`, count(number_)]);
  return [
    element("header", {}, back, element("h2", { tabindex: -1, id: "sample-title" }, `Training sample ${number}`), own.file ? element("p", { class: "file" }, named(own.file)) : null,
      element("p", { class: "answer" }, own.label >= 0 ? "labelled " : "", named(own.labelName))),
    own.picture ? element("figure", { class: "image" }, thumbnail(own.picture, 168, `image of training sample ${number}`)) : null,
    section("Samples whose hull projection rests on it", facts(told)),
  ].filter(Boolean); // prettier-ignore
}
