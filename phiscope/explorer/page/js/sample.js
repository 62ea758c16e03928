// Right: all that is known of one sample. What is not in the columns comes in shards of 256 samples.

import { block, manifest } from "./blocks.js";
import { byId, count, element, named, percent, significant } from "./format.js";
import { isWrong } from "./list.js";
import { hasPictures, pictureOf, thumbnail } from "./pictures.js";
import { reasonsOf } from "./questions.js";
import { toggleStar } from "./stars.js";
import { answers, byName, change, column, columns, openRow, rows, state } from "./store.js";
import { readTraining, trainingSample } from "./training.js";

const SPACES = { feature: "feature space", pixel: "pixel space", processed: "feature space, hull of processed images" };
const MANY = 30; // classes whose margins are drawn; of more, the closest
const SUPPORTS = 24; // images of a support before one asks for all

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

const section = (title, ...children) => element("section", {}, element("h3", {}, title), ...children);
const facts = (pairs_) => element("dl", {}, pairs_.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
const at = (name, row) => (byName.has(name) ? column(name).shownAt(row) : null);

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
  return section("Listed because", element("ul", { class: "reasons" }, found.map(({ why, rank, of, key }) =>
    element("li", {}, element("button", { type: "button", class: "link", onclick: () => change({ question: key, sort: null }) }, why), ` (${count(rank)} of ${count(of)})`)))); // prettier-ignore
}

function parts(row, details) {
  return [
    margins(row, details),
    ...manifest.details.hulls.map((kind) => hull(row, details, kind)),
    ball(row),
    attack(row),
    inversions(details),
    spectrum(details),
    detectors(row, details),
    certificate(details),
  ].filter(Boolean);
}

// A bar for each class, as long as the margin to it; a line where the hull is.
function margins(row, details) {
  const own = details.own("margins");
  if (!own) return null;
  const status = details.own("margin_status");
  const distance = byName.has("hull_distance") ? column("hull_distance").values[row] : NaN;
  const most = Math.max(...own.filter(Number.isFinite), distance || 0);
  const closest = at("closest_class", row);
  let others = [...own.keys()].filter((k) => k !== column("predicted").codes[row] - 1);
  const left = others.length > MANY ? others.length : 0;
  if (left) others = others.sort((a, b) => (own[a] - own[b] || a - b) || (Number.isNaN(own[a]) ? 1 : -1)).slice(0, MANY);
  const lines = others.map((k) => {
    const value = own[k];
    const name = manifest.classes[k];
    const words = Number.isFinite(value) ? significant(value, 4) : (manifest.details.marginStatus[status[k]] ?? "–").replace("infeasible", "no flip point");
    return element("div", { class: `bars ${name === closest ? "closest" : ""}` }, named(name),
      element("span", { class: "bar" }, Number.isFinite(value) ? element("b", { style: `width:${(100 * value) / most}%` }) : null,
        distance <= most ? element("i", { class: "at", style: `left:${(100 * distance) / most}%` }) : null), element("small", {}, words)); // prettier-ignore
  });
  if (left) lines.push(element("p", { class: "quiet" }, `The ${MANY} closest of ${count(left)}.`));
  const note = Number.isFinite(distance) ? element("p", { class: "quiet" }, "The line is the distance to the hull.") : null;
  return section("Margin to every class", facts([["closest", at("margin", row)], ["confidence", percentOf("confidence", row)], ["margin − hull distance", at("ambiguity", row)]]), element("div", {}, lines), note);
}

const percentOf = (name, row) => (byName.has(name) ? percent(column(name).values[row]) : null);

function hull(row, details, kind) {
  const numbers = details.own(`hull_${kind}`);
  if (!numbers || Number.isNaN(numbers[0])) return null;
  const [distance, lower, noise, gap, radius, rounds] = numbers;
  const word = (name) => manifest.details[`${kind}_${name}`][details.own(`hull_${kind}_${name}`)[0]];
  const told = facts([
    ["distance", significant(distance, 4)],
    ["proven", `≥ ${significant(lower, 4)}`],
    ["position", word("position").replaceAll("_", " ")],
    ["class there", kind === "feature" ? at("hull_projected_class", row) : null],
    ["support with its label", kind === "processed" ? null : shareAt(kind === "pixel" ? "pixel_same_weight" : "same_weight", row)],
  ]);
  const more = element("details", {}, element("summary", {}, "certificate"), facts([["duality gap", significant(gap)], ["noise", significant(noise)], ["hull radius", significant(radius)], ["rounds", significant(rounds)], ["solver", word("status")]]));
  return section(`Hull in ${SPACES[kind]}`, told, support(row, details, kind), more);
}

const shareAt = (name, row) => {
  if (!byName.has(name) || !column(name).codes[row]) return null;
  column(name).exact();
  return percent(column(name).values[row]);
};

function support(row, details, kind, most = SUPPORTS) {
  const index = details.several(`support_${kind}`, "index");
  const weight = details.several(`support_${kind}`, "weight");
  const label = column("label")?.codes[row] - 1;
  const shown = [...index.keys()].slice(0, most).map((k) => {
    const own = trainingSample(index[k]);
    const other = label >= 0 && own.label !== label;
    const words = `training sample ${own.number}, ${own.labelName}, weight ${significant(weight[k])}`;
    return element("button", { type: "button", class: `support ${other ? "other" : ""}`, title: words, "aria-label": words, onclick: () => change({ training: own.number }) },
      own.picture ? thumbnail(own.picture, 40) : element("b", {}, String(own.number)), element("small", {}, significant(weight[k])), named(own.labelName)); // prettier-ignore
  });
  const made = element("div", { class: "supports" }, shown);
  if (index.length > most) made.append(element("button", { type: "button", class: "plain", onclick: () => made.replaceWith(support(row, details, kind, Infinity)) }, `all ${index.length}`));
  return made;
}

function ball(row) {
  if (at("ball_train_inside", row) === null) return null;
  return section("Its ball", facts([
    ["radius", at("margin", row)], ["training samples inside", at("ball_train_inside", row)], ["test samples inside", at("ball_test_inside", row)],
    ["on its surface", at("ball_on_surface", row)], ["in some training ball", at("in_train_union", row)]])); // prettier-ignore
}

function attack(row) {
  const success = byName.get("attack_success");
  if (!success || !success.codes[row]) return null;
  const own = ["attack_lead", "attack_l2", "attack_linf"].map(column);
  const made = section("Attack");
  Promise.all(own.map((each) => each.exact())).then(() =>
    made.append(facts([["succeeded", at("attack_success", row)], ["in 8 bits", at("attack_success_8bit", row)], ["class before", at("attack_before", row)],
      ["lead", own[0].shownAt(row)], ["L2", own[1].shownAt(row)], ["L∞", own[2].shownAt(row)], ["steps", at("attack_iterations", row)]]))); // prettier-ignore
  return made;
}

const TARGETS = { flip: "at the closest flip point", hull: "at the hull", ball: "in its ball", perimeter: "on its ball’s surface" };

function inversions(details) {
  const found = details.rows("inversions");
  if (!found.length) return null;
  const shown = found.filter((each) => each.picture >= 0);
  const tiles = shown.map((each) =>
    element("div", { class: "inverted" }, thumbnail([":inverted", each.picture], 72, `image ${TARGETS[each.target]}`),
      element("p", {}, TARGETS[each.target], element("br"), `${significant(each.pixel_distance)} from it in pixels`, element("br"), "seen as ", named(manifest.classes[each.predicted] ?? "–"), `, ${each.status}`))); // prettier-ignore
  const lines = found.map((each) =>
    element("tr", {}, [each.target, each.reference, significant(each.radius), significant(each.pixel_distance), significant(each.feature_residual), manifest.classes[each.predicted] ?? "–", each.status].map((text) => element("td", {}, named(text)))));
  const heads = ["target", "near", "radius", "pixels", "residual", "class", "status"].map((text) => element("th", { scope: "col" }, text));
  return section("Images of chosen points", tiles, element("details", {}, element("summary", {}, `all ${found.length}`),
    element("div", { class: "scroll", tabindex: 0 }, element("table", {}, element("thead", {}, element("tr", {}, heads)), element("tbody", {}, lines))))); // prettier-ignore
}

function spectrum(details) {
  const own = details.own("spectrum");
  if (!own || Number.isNaN(own[0])) return null;
  const most = Math.max(...own.map(Math.abs));
  const axes = [...own.keys()].map((k) => {
    const high = (50 * Math.abs(own[k])) / most;
    const name = manifest.classes[k] ? `axis of ${manifest.classes[k]}` : `axis ${k + 1}`;
    return element("i", { title: `${name}: ${significant(own[k])}`, class: k < manifest.classes.length ? "class" : "", style: own[k] >= 0 ? `bottom:50%;height:${high}%` : `top:50%;height:${high}%` });
  });
  const largest = [...own.keys()].sort((a, b) => Math.abs(own[b]) - Math.abs(own[a])).slice(0, 3).map((k) => `${manifest.classes[k] ?? `axis ${k + 1}`} ${significant(own[k])}`);
  return section("Spectrum in latent space", element("div", { class: "spectrum", role: "img", "aria-label": `largest amplitudes: ${largest.join(", ")}` }, axes.map((axis) => element("span", {}, axis))),
    element("p", { class: "quiet" }, "Largest: ", named(largest.join(", ")))); // prettier-ignore
}

function detectors(row, details) {
  const own = details.own("percentiles");
  if (!own || !own.some((value) => !Number.isNaN(value))) return null;
  const lines = manifest.details.detectors.map((name, k) =>
    element("div", { class: `bars ${own[k] >= 95 ? "closest" : ""}` }, named(column(`score_${name}`)?.title ?? name),
      element("span", { class: "bar" }, element("b", { style: `width:${own[k] || 0}%` }), element("i", { class: "at", style: "left:95%" })), element("small", {}, Number.isNaN(own[k]) ? "–" : own[k].toFixed(1)))); // prettier-ignore
  return section("Detectors", element("p", { class: "quiet" }, "Percent of genuine samples that look less suspicious; the line is where 5 % false alarms are."), element("div", {}, lines));
}

function certificate(details) {
  const own = details.own("margin_certificate");
  if (!own || Number.isNaN(own[0])) return null;
  return section("Certificate of the margins", element("p", { class: "quiet" }, "The largest over all classes, relative to ‖x‖ + margin."),
    facts([["primal residual", significant(own[0])], ["dual residual", significant(own[1])], ["duality gap", significant(own[2])]])); // prettier-ignore
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
