// Opens everything, in the order in which it is seen.

import { openBrushes, updateBrushes } from "./brush.js";
import { updateClasses } from "./classes.js";
import { csvOf, openExport } from "./export.js";
import { openGallery, updateGallery } from "./gallery.js";
import { openKeyboard } from "./keyboard.js";
import { openLink, updateLink } from "./link.js";
import { openList, updateList } from "./list.js";
import { openPanes, updatePanes } from "./panes.js";
import { openQuestions, updateQuestions } from "./questions.js";
import { updateSample } from "./sample.js";
import { openScatter, updateScatter } from "./scatter.js";
import { openSearch } from "./search.js";
import { openStars, updateStars } from "./stars.js";
import { byName, change, columns, current, listen, open, settled, state, timings } from "./store.js";

async function begin() {
  performance.mark("begin");
  await open();
  performance.mark("opened");
  // The samples as they are, where there are other views.
  const view = byName.get("view");
  const original = view.categories.indexOf("original") + 1;
  if (view.categories.length > 1 && original) state.filters = { view: { codes: [original] } };
  for (const start of [openPanes, openScatter, openList, openGallery, openQuestions, openStars, openSearch, openExport, openKeyboard]) start();
  for (const update of [updatePanes, updateScatter, updateList, updateGallery, updateQuestions, updateStars, updateSample, updateBrushes, updateClasses, updateLink]) listen(update);
  change({ colour: state.colour, shown: state.shown, mode: state.mode, pane: state.pane, row: null });
  performance.mark("panels");
  openLink();
  await shown();
  performance.mark("shown");
  openBrushes();
  timings.ready = performance.now();
  document.documentElement.dataset.ready = String(Math.round(timings.ready));
}

// When the points have been drawn.
const shown = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

// For whoever opens the browser's console.
window.phiscope = { state, change, columns, csvOf, timings, settled, rows: () => [...current.listed] };

begin().catch((error) => {
  document.getElementById("about").textContent = `This page cannot be shown: ${error.message}`;
  throw error;
});
