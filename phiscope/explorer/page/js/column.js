// One quantity of all samples. Numbers are there twice: codes of 16 bits, with which one draws, and the float64 of the
// table, which is read when a number is shown, exported or compared.

import { block } from "./blocks.js";
import { DASH, significant } from "./format.js";

const STEPS = 65533;
const INFINITE = 65535;
export const NO_CODE = 0; // of categories: no value; the first category is 1

export class Column {
  // about: its entry of the manifest; codes: from the block `columns`, none for texts.
  constructor(about, codes) {
    Object.assign(this, about);
    this.codes = codes;
    this.exactValues = null;
    this.texts = null;
  }

  get isNumber() {
    return this.kind === "number";
  }

  get isInteger() {
    return this.kind === "integer";
  }

  get isCategory() {
    return this.kind === "category";
  }

  get isText() {
    return this.kind === "text";
  }

  get hasRange() {
    return this.isNumber || this.isInteger;
  }

  // One number per sample, NaN for none: exact once that is there, and good enough to draw with before.
  get values() {
    if (this.exactValues) return this.exactValues;
    this.drawnValues ??= this.isNumber ? this.dequantised() : Float64Array.from(this.codes, (code) => (code < 0 ? NaN : code));
    if (this.isInteger) this.exactValues = this.drawnValues;
    return this.drawnValues;
  }

  dequantised() {
    const { low, high, log } = this;
    const [start, end] = log ? [Math.log(low), Math.log(high)] : [low, high];
    // A value for each code once, instead of a logarithm for each sample.
    const table = new Float64Array(INFINITE + 1).fill(NaN);
    for (let code = 1; code <= STEPS + 1; code++) {
      const share = (code - 1) / STEPS;
      const place = start * (1 - share) + end * share;
      table[code] = log ? Math.exp(place) : place;
    }
    table[INFINITE] = Infinity;
    return Float64Array.from(this.codes, (code) => table[code]);
  }

  // Resolves when numbers, or texts, can be shown.
  async exact() {
    if (this.isNumber && !this.exactValues) this.exactValues = (await block(`exact/${this.name}`)).arrays.values;
    if (this.isText && !this.texts) this.texts = (await block("texts")).about[this.name];
    if (this.isInteger) this.exactValues = this.values;
    return this;
  }

  get isExact() {
    return this.isCategory || this.isInteger || Boolean(this.exactValues || this.texts);
  }

  category(row) {
    const code = this.codes[row];
    return code === NO_CODE ? this.missing : this.categories[code - 1];
  }

  // What the list shows; nothing while exact numbers are on their way.
  shownAt(row) {
    if (this.isCategory) return this.codes[row] === NO_CODE && this.missing === "none" ? DASH : this.category(row);
    if (!this.isExact) return "…";
    if (this.isText) return this.texts[row] ?? DASH;
    const value = this.values[row];
    return this.isInteger && this.name === "sample" ? String(value) : significant(value);
  }

  // What is exported: every digit, nothing where there is no value.
  exportedAt(row) {
    if (this.isCategory) return this.codes[row] === NO_CODE ? "" : this.categories[this.codes[row] - 1];
    if (this.isText) return this.texts[row] ?? "";
    const value = this.values[row];
    if (Number.isNaN(value)) return "";
    return value === Infinity ? "inf" : value === -Infinity ? "-inf" : String(value);
  }
}
