// Colours and shapes of the scatter, and what they mean. An entry lists its samples alone.

import { byId, count, element, named, significant } from "./format.js";
import { categoryColours, missingColour, OUTCOMES, ramp, rampColour } from "./palette.js";
import { mark, SHAPES } from "./points.js";
import { byName, column, filterBy, rows, state } from "./store.js";

const RAMP = 256; // steps of a ramp
const MOST_KEYS = 30; // categories that are named; of more, colours are too alike to be read
const SHAPE_OF = [SHAPES.square, SHAPES.circle, SHAPES.cross]; // by the code of the outcome: no label, right, wrong

const coloursOf = (own) => (own.name === "outcome" ? [OUTCOMES.right, OUTCOMES.wrong] : categoryColours(own.categories.length));

// {colours, shapes, palette} of all rows, as points.js takes them.
export function painted() {
  const own = column(state.colour);
  const outcome = byName.get("outcome");
  const shapes = outcome ? Uint8Array.from(outcome.codes, (code) => SHAPE_OF[code]) : new Uint8Array(rows);
  if (own.isCategory) return { colours: Uint16Array.from(own.codes), shapes, palette: [missingColour, ...coloursOf(own)] };
  const { values } = own;
  const [low, high] = rangeOf(own);
  const step = (value) => 1 + Math.round((RAMP - 1) * Math.min(Math.max((value - low) / (high - low || 1), 0), 1));
  const colours = Uint16Array.from(values, (value) => (Number.isNaN(value) ? 0 : step(value)));
  return { colours, shapes, palette: [missingColour, ...Array.from({ length: RAMP }, (_, k) => rampColour(k / (RAMP - 1)))] };
}

// From the second to the 98th of a hundred, so that few far values leave colours to the others.
function rangeOf(own) {
  const known = Float64Array.from(own.values).filter(Number.isFinite).sort();
  return known.length ? [known[Math.floor(0.02 * (known.length - 1))], known[Math.ceil(0.98 * (known.length - 1))]] : [0, 1];
}

export function showLegend() {
  const own = column(state.colour);
  const legend = byId("legend");
  if (!own.isCategory) {
    const [low, high] = rangeOf(own);
    legend.replaceChildren(significant(low), element("span", { class: "ramp", style: `background:${ramp()}` }), significant(high));
    return;
  }
  const colours = coloursOf(own);
  const present = new Set(own.codes);
  const entries = own.categories.map((name, k) => [name, colours[k], k + 1]).filter(([, , code]) => present.has(code));
  if (entries.length > MOST_KEYS) {
    legend.replaceChildren(element("span", { class: "quiet" }, `${count(entries.length)} colours, of which many are alike: a point names its ${own.title} when it is clicked.`));
    return;
  }
  if (present.has(0)) entries.push([own.missing, missingColour, 0]);
  legend.replaceChildren(
    ...entries.map(([name, ink, code]) =>
      element("button", { type: "button", class: "key", title: "list these alone", onclick: () => toggle(own, code) },
        legendMark(own, code, ink), named(name)),
    ),
  ); // prettier-ignore
}

function toggle(own, code) {
  const codes = state.filters[own.name]?.codes;
  filterBy(own.name, codes?.length === 1 && codes[0] === code ? null : { codes: [code] });
}

function legendMark(own, code, ink) {
  if (own.name !== "outcome") return element("i", { class: "swatch", style: `background:${ink}` });
  const canvas = element("canvas", { width: 24, height: 24, class: "shape" });
  mark(canvas.getContext("2d"), SHAPE_OF[code], 12, 12, 13, ink);
  return canvas;
}
