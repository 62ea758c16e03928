// Numbers and names as people read them, as in phiscope/words/; small pieces of the document.

export const DASH = "–";

// About so many significant digits and at most as many decimals; thousands apart; a true minus.
export function significant(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return DASH;
  let text;
  const size = Math.abs(value);
  if (!Number.isFinite(value)) text = value > 0 ? "∞" : "-∞";
  else if (Number.isInteger(value) || size >= 10 ** digits) text = Math.round(value).toLocaleString("en");
  else if (size < 10 ** -digits) text = value.toExponential(1);
  else text = value.toFixed(Math.min(Math.max(digits - 1 - Math.floor(Math.log10(size)), 0), digits));
  return text.replaceAll("-", "−");
}

// The same of a lower bound, which rounding must not raise.
export function atLeast(value, digits = 3) {
  if (!(value > 0) || !Number.isFinite(value)) return significant(value, digits);
  const step = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  const down = Math.floor(value / step + 1e-9) * step;
  return significant(down, digits);
}

export const count = (number) => number.toLocaleString("en");

export function percent(share) {
  if (!Number.isFinite(share)) return DASH;
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

// Marks of direction and other characters that do something instead of being seen, as \u202e.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
export const visible = (text) => String(text).replace(CONTROLS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

// An element with properties and children. Texts become text nodes, never markup: names come from people's files.
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "style") made.style.cssText = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// A name from people's data: whatever its letters, what stands beside it stays where it is.
export const named = (text, properties = {}) => element("bdi", properties, visible(text));

export const byId = (id) => document.getElementById(id);
