// Axes: from values to places on the screen and back, straight or by logarithms, and where their ticks stand.

import { significant } from "./format.js";

// An axis of values; log: whether decades are equally long. low, high: its ends, as values.
export class Axis {
  // counts: called with a row, whether the axis has to reach its value.
  constructor(values, log, counts) {
    this.log = log;
    let [low, high] = [Infinity, -Infinity];
    values.forEach((value, row) => {
      if (!Number.isFinite(value) || (log && value <= 0) || !counts(row)) return;
      if (value < low) low = value;
      if (value > high) high = value;
    });
    if (low > high) [low, high] = log ? [1, 10] : [0, 1];
    // Distances begin at 0, where a little more room shows it.
    if (!log && low > 0 && low < 0.35 * high) low = 0;
    let [start, end] = [this.place(low), this.place(high)];
    if (start === end) [start, end] = [start - 0.5, end + 0.5];
    const room = 0.03 * (end - start);
    [this.start, this.end] = [low === 0 && !log ? start - room / 2 : start - room, end + room];
    this.whole = [this.start, this.end];
  }

  place(value) {
    return this.log ? (value > 0 ? Math.log10(value) : NaN) : value;
  }

  value(place) {
    return this.log ? 10 ** place : place;
  }

  // Share of the axis, 0 at its start and 1 at its end.
  share(value) {
    return (this.place(value) - this.start) / (this.end - this.start);
  }

  valueAt(share) {
    return this.value(this.start + share * (this.end - this.start));
  }

  zoom(share, factor) {
    const at = this.start + share * (this.end - this.start);
    [this.start, this.end] = [at + (this.start - at) * factor, at + (this.end - at) * factor];
  }

  pan(share) {
    const moved = share * (this.end - this.start);
    [this.start, this.end] = [this.start - moved, this.end - moved];
  }

  reset() {
    [this.start, this.end] = this.whole;
  }

  // [{share, text}] of about `wanted` ticks.
  ticks(wanted) {
    return (this.log && this.end - this.start > 1 ? this.decades(wanted) : this.even(wanted)).map((value) => ({
      share: this.share(value),
      text: tick(value),
    }));
  }

  decades(wanted) {
    const [first, last] = [Math.ceil(this.start), Math.floor(this.end)];
    const step = Math.max(1, Math.ceil((last - first) / wanted));
    const powers = [];
    for (let power = first; power <= last; power += step) powers.push(10 ** power);
    return powers;
  }

  even(wanted) {
    const [low, high] = [this.value(this.start), this.value(this.end)];
    const rough = (high - low) / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? 10 * power;
    const values = [];
    for (let k = Math.ceil(low / step); k * step <= high && values.length < 50; k++) values.push(k * step);
    return values;
  }
}

const tick = (value) => {
  const short = Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(0) : String(parseFloat(value.toPrecision(6)));
  return value === 0 ? "0" : short.replaceAll("-", "−");
};

export const inWords = (values) => values.map((value) => significant(value)).join(" to ");
