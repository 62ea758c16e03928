// Stars: samples that somebody wants to keep. They stand in the link.

import { byId, count } from "./format.js";
import { change, state } from "./store.js";

export function openStars() {
  byId("stars").addEventListener("click", () => change({ starred: !state.starred }));
}

export function toggleStar(row) {
  if (row === null) return;
  const stars = new Set(state.stars);
  if (!stars.delete(row)) stars.add(row);
  change({ stars });
}

export function updateStars(keys) {
  if (!keys.has("stars") && !keys.has("starred")) return;
  byId("stars").textContent = `★ ${count(state.stars.size)}`;
  byId("stars").setAttribute("aria-pressed", String(state.starred));
  byId("stars").setAttribute("aria-label", `list the ${state.stars.size} starred samples alone`);
}
