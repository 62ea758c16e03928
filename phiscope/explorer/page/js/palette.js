// Colours that stay distinct under colour-blindness: Okabe and Ito's, with four more for ten classes. Outcomes have
// shapes as well, so that nothing hangs on colour alone.

const TEN = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#999933", "#7b6cc4", "#a33c63", "#8a8f98"];
export const OUTCOMES = { right: "#2f87bd", wrong: "#d55e00", none: "#8a8f98" };
const NONE = "#8a8f98";
// Cividis: one hue axis, light is large.
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

// A colour for each of `count` categories: ten hues, then hues at three lightnesses.
export function categoryColours(count) {
  if (count <= TEN.length) return TEN.slice(0, count);
  return Array.from({ length: count }, (_, k) => fromHsl((k * 137.508) % 360, 0.55, [0.45, 0.6, 0.72][k % 3]));
}

export const missingColour = NONE;

// The part of the ramp that is seen on dark paper, or on light.
const seenPart = () => (isDark() ? [0.22, 1] : [0, 0.9]);

export const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

// A share in [0, 1] of a range.
export function rampColour(share) {
  const [start, end] = seenPart();
  const place = (start + (end - start) * Math.min(Math.max(share, 0), 1)) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  const [a, b] = [rgb(CIVIDIS[low]), rgb(CIVIDIS[low + 1])];
  return a.map((part, k) => part + (place - low) * (b[k] - part));
}

export const ramp = () => `linear-gradient(90deg, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => `rgb(${rampColour(share).map(Math.round)})`).join(", ")})`;

// "#rrggbb" -> three numbers of 255.
export const rgb = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));

function fromHsl(hue, saturation, lightness) {
  const part = (shift) => {
    const place = (shift + hue / 30) % 12;
    const level = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(place - 3, 9 - place, 1));
    return Math.round(255 * level).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}
