// Draws the points of the scatter: with WebGL2, or with a plain canvas where there is none. Both take the same arrays: xy,
// shares of the axes; colours, an index into a palette; shapes, see SHAPES; flags, 2 where a
// point passes the filters, 1 where it is drawn faintly behind those that do.

import { rgb } from "./palette.js";

export const SHAPES = { circle: 0, cross: 1, square: 2 };
const PALETTE = 1024; // colours at most: categories, or steps of a ramp

export function pointsOn(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: true, premultipliedAlpha: true });
  return gl ? new GpuPoints(gl) : new PlainPoints(canvas.getContext("2d"));
}

const VERTEX = `#version 300 es
in vec2 place; in float colour; in float shape; in float flag;
uniform vec4 window; // start and size of what is seen, in shares of the axes
uniform float size; uniform int turn; uniform highp sampler2D palette; uniform vec4 faint;
out vec4 ink; flat out int kind;
void main() {
  bool passes = flag > 1.5;
  bool plain = shape < 0.5;
  // Three turns, so that what is asked for lies above what is not, and errors above all.
  bool mine = turn == 0 ? !passes && flag > 0.5 : turn == 1 ? passes && plain : passes && !plain;
  vec2 at = (place - window.xy) / window.zw * 2.0 - 1.0;
  gl_Position = mine && place.x == place.x && place.y == place.y ? vec4(at, 0.0, 1.0) : vec4(9.0, 9.0, 9.0, 1.0);
  gl_PointSize = turn == 0 ? size * 0.8 : plain ? size : max(size * 1.5, 7.0);
  ink = passes ? vec4(texelFetch(palette, ivec2(int(colour), 0), 0).rgb, 0.85) : faint;
  kind = turn == 0 ? 0 : int(shape);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 ink; flat in int kind; out vec4 result;
void main() {
  vec2 at = gl_PointCoord * 2.0 - 1.0;
  float inside;
  if (kind == 1) inside = max(abs(at.x), abs(at.y)) < 0.95 && min(abs(at.x - at.y), abs(at.x + at.y)) < 0.42 ? 1.0 : 0.0;
  else if (kind == 2) { float far = max(abs(at.x), abs(at.y)); inside = far < 0.9 && far > 0.45 ? 1.0 : 0.0; }
  else inside = 1.0 - smoothstep(0.75, 1.0, length(at));
  if (inside < 0.02) discard;
  float alpha = ink.a * inside;
  result = vec4(ink.rgb * alpha, alpha);
}`;

class GpuPoints {
  constructor(gl) {
    this.gl = gl;
    this.program = linked(gl);
    this.buffers = {};
    this.texture = gl.createTexture();
    this.count = 0;
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  // Any of xy, colours, shapes, flags, palette ("#rrggbb" or three numbers each).
  set({ xy, colours, shapes, flags, palette }) {
    const { gl } = this;
    if (xy) this.count = xy.length / 2;
    this.upload("place", xy, 2, gl.FLOAT);
    this.upload("colour", colours, 1, gl.UNSIGNED_SHORT);
    this.upload("shape", shapes, 1, gl.UNSIGNED_BYTE);
    this.upload("flag", flags, 1, gl.UNSIGNED_BYTE);
    if (!palette) return;
    const pixels = new Uint8Array(4 * PALETTE);
    palette.slice(0, PALETTE).forEach((colour, k) => pixels.set([...(typeof colour === "string" ? rgb(colour) : colour), 255], 4 * k));
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, PALETTE, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  upload(name, array, size, type) {
    if (!array) return;
    const { gl } = this;
    this.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW);
    const at = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, false, 0, 0);
  }

  // seen: [x, y, width, height] in shares; size: of a point in pixels of the canvas; faint: colour of what does not pass.
  draw(seen, size, faint) {
    const { gl, program } = this;
    const uniform = (name) => gl.getUniformLocation(program, name);
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4f(uniform("window"), ...seen);
    gl.uniform1f(uniform("size"), size);
    gl.uniform4f(uniform("faint"), ...rgb(faint).map((part) => part / 255), 0.35);
    for (const turn of [0, 1, 2]) {
      gl.uniform1i(uniform("turn"), turn);
      gl.drawArrays(gl.POINTS, 0, this.count);
    }
  }
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

class PlainPoints {
  constructor(context) {
    this.context = context;
    this.arrays = {};
  }

  set(arrays) {
    for (const [name, array] of Object.entries(arrays)) if (array) this.arrays[name] = array;
  }

  draw([x0, y0, width, height], size, faint) {
    const { context } = this;
    const { xy, colours, shapes, flags, palette } = this.arrays;
    const { width: w, height: h } = context.canvas;
    context.clearRect(0, 0, w, h);
    if (!xy) return;
    const inks = palette.map((colour) => (typeof colour === "string" ? colour : `rgb(${colour.map(Math.round).join()})`));
    for (const turn of [0, 1, 2]) {
      context.globalAlpha = turn === 0 ? 0.35 : 0.85;
      for (let k = 0; k < xy.length / 2; k++) {
        const mine = turn === 0 ? flags[k] === 1 : flags[k] === 2 && (turn === 1 ? !shapes[k] : shapes[k]);
        const [x, y] = [((xy[2 * k] - x0) / width) * w, h - ((xy[2 * k + 1] - y0) / height) * h];
        if (!mine || !(x > -9 && y > -9 && x < w + 9 && y < h + 9)) continue;
        const ink = turn === 0 ? faint : inks[colours[k]];
        mark(context, turn === 0 ? 0 : shapes[k], x, y, turn === 2 ? Math.max(size * 1.5, 7) : size, ink);
      }
    }
  }
}

// One marker, also in legends.
export function mark(context, shape, x, y, size, ink) {
  const half = size / 2;
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = Math.max(1.2, size / 5);
  context.beginPath();
  if (shape === SHAPES.circle) context.arc(x, y, half, 0, 2 * Math.PI);
  else if (shape === SHAPES.cross) {
    for (const side of [-1, 1]) {
      context.moveTo(x - half, y - side * half);
      context.lineTo(x + half, y + side * half);
    }
  } else context.rect(x - half, y - half, size, size);
  if (shape === SHAPES.circle) context.fill();
  else context.stroke();
}
