// Training samples that projections rest on: their images, labels and files, read when one is first shown.

import { block, manifest } from "./blocks.js";

const GROUP = ":train"; // of their thumbnails
let known = null; // {numbers, labels, files, counts, places}

export async function readTraining() {
  if (known || !manifest.training) return known;
  const { arrays, about } = await block("training");
  const places = new Map();
  arrays.numbers.forEach((number, place) => places.set(number, place));
  known = { ...arrays, files: about.files, places };
  return known;
}

// What the page knows of a training sample by its number.
export function trainingSample(number) {
  const place = known.places.get(number);
  const label = known.labels[place];
  return {
    number,
    label, // -1 for none
    labelName: label >= 0 ? manifest.classes[label] : "no label",
    file: known.files?.[place] ?? null,
    picture: manifest.pictures[GROUP] ? [GROUP, place] : null,
    supports: Object.fromEntries(manifest.details.hulls.map((kind) => [kind, known[`count_${kind}`][place]])),
  };
}
