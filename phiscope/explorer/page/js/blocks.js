// Data come as text inside scripts: what stands in the page, or in a script beside it that is added when it is asked
// for. A page from the disk may not fetch files. The format of a block is that of phiscope/explorer/pack.py.

export const manifest = JSON.parse(document.getElementById("manifest").textContent);

const asked = new Map(); // name -> promise of the text
const awaited = new Map(); // name of a script that is being loaded -> what to call with its text
const unpacked = new Map(); // name -> promise of {arrays, about}

// Scripts beside the page call this one.
window.phiscopeBlock = (name, text) => {
  awaited.get(name)?.(text);
  awaited.delete(name);
};

// The text of a block, base64.
export function blockText(name) {
  if (!asked.has(name)) asked.set(name, manifest.beside[name] ? beside(name) : inside(name));
  return asked.get(name);
}

// Large blocks stand behind this script, and may not have been read yet.
async function inside(name) {
  const found = () => document.querySelector(`script[data-block="${CSS.escape(name)}"]`);
  if (!found() && document.readyState === "loading")
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  if (!found()) throw new Error(`this page holds no ${name}`);
  return found().textContent;
}

function beside(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    awaited.set(name, resolve);
    script.src = manifest.beside[name];
    script.onload = () => script.remove(); // its text is kept by who asked
    script.onerror = () => reject(new Error(`${manifest.beside[name]} is not there: it belongs beside this page`));
    document.head.append(script);
  });
}

export async function blockBytes(name) {
  const text = await blockText(name);
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

// {arrays: name -> typed array, about: JSON} of a block.
export function block(name) {
  if (!unpacked.has(name)) unpacked.set(name, blockBytes(name).then(inflated).then(unpack));
  return unpacked.get(name);
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

const KINDS = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array };

function unpack(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const start = 4 + size;
  const arrays = {};
  for (const [name, { kind, at, length }] of Object.entries(header.arrays))
    arrays[name] = kind === "Float64Array" ? unshuffled(buffer, start + at, length) : new KINDS[kind](buffer, start + at, length);
  return { arrays, about: header.about };
}

// Of float64 the first bytes of all numbers lie together, then the second ones: that compresses better.
function unshuffled(buffer, start, length) {
  const bytes = new Uint8Array(buffer, start, 8 * length);
  const ordered = new Uint8Array(8 * length);
  for (let place = 0; place < 8; place++)
    for (let number = 0, from = place * length; number < length; number++) ordered[8 * number + place] = bytes[from + number];
  return new Float64Array(ordered.buffer);
}
