// Keys: `/` search, arrows through the list, Enter to the sample, Esc back, `s` star, `g` gallery, `?` this list.

import { byId } from "./format.js";
import { tilesAcross } from "./gallery.js";
import { hasPictures } from "./pictures.js";
import { toggleStar } from "./stars.js";
import { change, current, openRow, state } from "./store.js";

export function openKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (byId("help").open) return; // Esc closes it by itself
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (act(event)) event.preventDefault();
  });
  byId("show-help").addEventListener("click", () => byId("help").showModal());
}

// Where letters and arrows belong to what has the focus.
const isTyping = (target) => target.matches("input:not([type=checkbox]), select, textarea");

function act({ key, target }) {
  if (key === "/") byId("search").focus();
  else if (key === "?") byId("help").showModal();
  else if (key === "s") toggleStar(state.row);
  else if (key === "g" && hasPictures) change({ mode: state.mode === "table" ? "gallery" : "table" });
  else if (key === "Escape") back();
  else if (key === "Enter") return enter(target);
  else if (key === "ArrowDown") step(state.mode === "gallery" ? tilesAcross() : 1);
  else if (key === "ArrowUp") step(state.mode === "gallery" ? -tilesAcross() : -1);
  else if (key === "ArrowRight" && state.mode === "gallery") step(1);
  else if (key === "ArrowLeft" && state.mode === "gallery") step(-1);
  else if (key === "Home") step(-Infinity);
  else if (key === "End") step(Infinity);
  else return false;
  return true;
}

// Buttons keep their Enter.
function enter(target) {
  if (target.matches("button, a, summary")) return false;
  if (state.row === null) step(1);
  change({ pane: "sample" });
  requestAnimationFrame(() => byId("sample-title")?.focus());
  return true;
}

function step(by) {
  if (!current.listed.length) return;
  const now = current.listed.indexOf(state.row);
  openRow(current.listed[Math.min(Math.max(now < 0 ? 0 : now + by, 0), current.listed.length - 1)]);
}

// From a training sample to the sample, from the sample to the list, then the lasso, then the question.
function back() {
  if (state.training !== null) change({ training: null });
  else if (state.pane === "sample") change({ pane: "list" });
  else if (state.row !== null) change({ row: null });
  else if (state.lasso) change({ lasso: null });
  else if (state.question) change({ question: null });
}
