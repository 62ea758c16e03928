// What shards say of a sample: margins, hulls with their supports, its ball, an attack, images of points, certificates.

import { manifest } from "./blocks.js";
import { atLeast, count, element, named, percent, significant } from "./format.js";
import { thumbnail } from "./pictures.js";
import { byName, change, column } from "./store.js";
import { trainingSample } from "./training.js";

export const SPACES = { feature: "feature space", pixel: "pixel space", processed: "feature space, hull of processed images" };
const MANY = 30; // classes whose margins are drawn; of more, the closest, as phiscope/explorer/details.py has them
const SUPPORTS = 24; // images of a support before one asks for all

export const section = (title, ...children) => element("section", {}, element("h3", {}, title), ...children);
export const facts = (pairs_) => element("dl", {}, pairs_.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
export const at = (name, row) => (byName.has(name) ? column(name).shownAt(row) : null);

// All parts that the run has of a row.
export function parts(row, details) {
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

// [class, margin, status] of the classes that the page has a margin to: in their order where it has all of them, else the
// closest first.
function marginsOf(row, details) {
  const listed = details.several("margins", "class");
  if (listed) {
    const [values, status] = ["margin", "status"].map((part) => details.several("margins", part));
    return [...listed].map((k, place) => [k, values[place], status[place]]);
  }
  const [own, status] = ["margins", "margin_status"].map((name) => details.own(name));
  const known = manifest.details.marginStatus.length; // codes beyond are of the own class, and of classes without a row
  const all = own ? [...own].map((value, k) => [k, value, status[k]]).filter(([, , code]) => code < known) : [];
  const by = ([a, first], [b, second]) => (first - second || a - b) || (Number.isNaN(first) ? 1 : -1);
  return all.length > MANY || all.length < manifest.classes.length - 1 ? all.sort(by).slice(0, MANY) : all;
}

// A bar for each class, as long as the margin to it; a line where the hull is.
function margins(row, details) {
  const own = marginsOf(row, details);
  const distance = byName.has("hull_distance") ? column("hull_distance").values[row] : NaN;
  const most = Math.max(...own.map(([, value]) => value).filter(Number.isFinite), distance || 0);
  const closest = at("closest_class", row);
  const left = manifest.classes.length - 1 - own.length;
  const lines = own.map(([k, value, code]) => {
    const name = manifest.classes[k];
    const words = Number.isFinite(value) ? significant(value, 4) : (manifest.details.marginStatus[code] ?? "–").replace("infeasible", "no flip point");
    return element("div", { class: `bars ${name === closest ? "closest" : ""}` }, named(name),
      element("span", { class: "bar" }, Number.isFinite(value) ? element("b", { style: `width:${(100 * value) / most}%` }) : null,
        distance <= most ? element("i", { class: "at", style: `left:${(100 * distance) / most}%` }) : null), element("small", {}, words)); // prettier-ignore
  });
  const proven = details.own("others_at_least")?.[0];
  const beyond = Number.isFinite(proven) ? ` No other is closer than ${atLeast(proven, 4)}.` : "";
  if (left) lines.push(element("p", { class: "quiet" }, `The ${count(own.length)} closest of ${count(own.length + left)}.${beyond}`));
  const note = Number.isFinite(distance) ? element("p", { class: "quiet" }, "The line is the distance to the hull.") : null;
  return section(left ? "Margin to the closest classes" : "Margin to every class", facts([["closest", at("margin", row)], ["confidence", percentOf("confidence", row)], ["margin − hull distance", at("ambiguity", row)]]), element("div", {}, lines), note);
}

const percentOf = (name, row) => (byName.has(name) ? percent(column(name).values[row]) : null);

function hull(row, details, kind) {
  const numbers = details.own(`hull_${kind}`);
  if (!numbers || Number.isNaN(numbers[0])) return null;
  const [distance, lower, noise, gap, radius, rounds] = numbers;
  const word = (name) => manifest.details[`${kind}_${name}`][details.own(`hull_${kind}_${name}`)[0]];
  const told = facts([
    ["distance", significant(distance, 4)],
    ["proven", `≥ ${atLeast(lower, 4)}`],
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
  return section("Certificate of the margins", element("p", { class: "quiet" }, "The largest over these classes, relative to ‖x‖ + margin."),
    facts([["primal residual", significant(own[0])], ["dual residual", significant(own[1])], ["duality gap", significant(own[2])]])); // prettier-ignore
}
