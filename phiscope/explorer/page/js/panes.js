// What surrounds the panels: on narrow screens one at a time, filters or classes below the plot, dark or light.

import { manifest } from "./blocks.js";
import { byId, count, element, named } from "./format.js";
import { isDark } from "./palette.js";
import { change, column, filterBy, rows, state } from "./store.js";

const PANES = ["plot", "filters", "list", "sample"];
const THEME = "phiscope-theme";

export function openPanes() {
  document.title = `${manifest.title} · explorer`;
  byId("title").textContent = manifest.title;
  const views = column("view").categories;
  const kind = manifest.split === "train" ? "training" : "test";
  byId("about").textContent = manifest.note || (views.length > 1 ? `${count(rows)} rows: ${kind} samples under ${views.length} views` : `${count(rows)} ${kind} samples`);
  for (const pane of PANES) byId(`go-${pane}`).addEventListener("click", () => change({ pane }));
  for (const tab of ["brushes", "classes"]) byId(`tab-${tab}`).addEventListener("click", () => change({ tab }));
  byId("to-report").href = manifest.report;
  byId("to-report").hidden = !manifest.report;
  viewSelect(views);
  openTheme();
}

function viewSelect(views) {
  const select = byId("view");
  if (views.length < 2) {
    select.parentElement.hidden = true;
    return;
  }
  select.append(element("option", { value: "" }, "all views"), ...views.map((name, k) => element("option", { value: String(k + 1), title: manifest.views[name] }, named(name).textContent)));
  select.addEventListener("change", () => filterBy("view", select.value ? { codes: [Number(select.value)] } : null));
}

function showTab() {
  for (const each of ["brushes", "classes"]) {
    byId(`tab-${each}`).setAttribute("aria-selected", String(each === state.tab));
    byId(`${each}-panel`).hidden = each !== state.tab;
  }
}

export function updatePanes(keys) {
  if (keys.has("filters")) {
    const codes = state.filters.view?.codes;
    byId("view").value = codes?.length === 1 ? String(codes[0]) : "";
  }
  if (keys.has("row") && keys.size === 2 && state.row !== null && state.pane !== "sample" && isNarrow() && !keys.has("pane")) change({ pane: "sample" });
  if (keys.has("tab")) showTab();
  if (!keys.has("pane")) return;
  document.body.dataset.pane = state.pane;
  for (const pane of PANES) byId(`go-${pane}`).setAttribute("aria-pressed", String(pane === state.pane));
}

const isNarrow = () => matchMedia("(max-width: 760px)").matches;

// As the system has it, until somebody chooses.
function openTheme() {
  const root = document.documentElement;
  const chosen = storage()?.getItem(THEME);
  if (chosen) root.dataset.theme = chosen;
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    storage()?.setItem(THEME, root.dataset.theme);
    change({ theme: root.dataset.theme });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => change({ theme: null }));
}

// Some browsers keep nothing for pages from the disk.
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
