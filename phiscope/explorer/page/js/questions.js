// Preset questions: their answers come with the page, in order, and are reasons why a sample is listed.

import { manifest } from "./blocks.js";
import { byId, count, element } from "./format.js";
import { byName, change, question, rowsOf, state } from "./store.js";

const ranks = new Map(); // key -> Map of row -> place

export function openQuestions() {
  const buttons = manifest.questions.map((each) =>
    element("button", { type: "button", "data-question": each.key, title: each.said, "aria-pressed": "false", onclick: () => ask(each.key) }, each.title, element("small", {}, count(each.count))));
  byId("questions").append(...buttons);
}

// Shows the answer, where one sees it best; the same again takes it away. Rows of other views answer some questions:
// the filter of the view gives way to them.
function ask(key) {
  if (state.question === key) return change({ question: null });
  const own = question(key);
  const filters = { ...state.filters };
  const view = filters.view?.codes;
  const inside = !view || rowsOf(key).some((row) => view.includes(byName.get("view").codes[row]));
  if (!inside) delete filters.view;
  const [x, y] = own.axes ?? [state.x, state.y];
  change({ question: key, sort: null, filters, ...(x === state.x && y === state.y ? {} : { x, y, xlog: false, ylog: false, zoom: null }) });
}

export function updateQuestions(keys) {
  if (!keys.has("question")) return;
  for (const button of byId("questions").children) button.setAttribute("aria-pressed", String(button.dataset.question === state.question));
  byId("said").textContent = state.question ? question(state.question).said : "";
  byId("said").hidden = !state.question;
}

// [{key, title, why, rank, of}] of a row.
export function reasonsOf(row) {
  return manifest.questions.flatMap(({ key, title, why, whys }) => {
    if (!ranks.has(key)) ranks.set(key, new Map([...rowsOf(key)].map((each, place) => [each, place + 1])));
    const rank = ranks.get(key).get(row);
    return rank ? [{ key, title, why: whys[rank - 1] ?? why, rank, of: ranks.get(key).size }] : [];
  });
}
