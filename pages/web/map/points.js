import { drawSymbols, SYMBOLS } from "./symbols.js";

/** The points, drawn by the graphics card: it also moves them from one layout to the next, so a step costs no upload. */

const VERTEX = `#version 300 es
in vec2 a; in vec2 b; in vec4 colour; in vec2 look;
uniform float share, grow; uniform vec3 eye; uniform vec2 size;
out vec4 ink; flat out float symbol;
void main() {
  vec2 place = (mix(a, b, share) - eye.xy) * eye.z * 2.0 / size;
  gl_Position = vec4(place, 0, 1);
  gl_PointSize = look.x * grow + 2.0;
  ink = vec4(colour.rgb, 1) * colour.a;
  symbol = look.y;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 ink; flat in float symbol;
uniform sampler2D symbols;
out vec4 result;
void main() {
  result = ink * texture(symbols, vec2((symbol + gl_PointCoord.x) / SYMBOLS.0, gl_PointCoord.y)).a;
}`.replace("SYMBOLS", SYMBOLS.length);

const SIDE = 32; // pixels of a marker in the texture

/** WebGL 2 on a canvas; null where the browser has none. */
export const openWebGl = (canvas) => canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true });

export class Points {
  /** `restored` is called when the graphics card has come back after it was lost: by then nothing is left of what it held. */
  constructor(gl, restored) {
    const { canvas } = gl;
    Object.assign(this, { gl, canvas, drawn: 0 });
    this.lost = (event) => event.preventDefault(); // without this it would never come back
    this.back = () => {
      this.begin();
      restored();
    };
    canvas.addEventListener("webglcontextlost", this.lost);
    canvas.addEventListener("webglcontextrestored", this.back);
    this.begin();
  }

  begin() {
    const { gl } = this;
    this.program = this.build();
    this.held = new Map(); // buffers of layouts, by the array that they hold
    this.shown = null;
    gl.useProgram(this.program);
    gl.bindVertexArray(gl.createVertexArray());
    this.colours = gl.createBuffer();
    this.looks = gl.createBuffer();
    this.order = gl.createBuffer();
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawSymbols(SIDE));
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_NEAREST);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.uniform = Object.fromEntries(["share", "grow", "eye", "size"].map((name) => [name, gl.getUniformLocation(this.program, name)]));
  }

  /** Give the graphics card back: a browser grants a page only a few at a time. */
  end() {
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.back);
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  build() {
    const gl = this.gl;
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

  /** Colours (N × 4 bytes) and looks (N × [size in pixels, symbol] bytes). */
  setLook(colours, looks) {
    if (this.gl.isContextLost()) return;
    this.fill("colour", this.colours, colours, 4, true);
    this.fill("look", this.looks, looks, 2, false);
  }

  /** Which points are drawn, the first lowest. */
  setOrder(order) {
    const gl = this.gl;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    this.drawn = order.length;
  }

  fill(name, buffer, bytes, width, normalised) {
    const gl = this.gl;
    const place = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, gl.UNSIGNED_BYTE, normalised, 0, 0);
  }

  point(name, array) {
    const gl = this.gl;
    let buffer = this.held.get(array);
    if (!buffer) {
      buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, array, gl.STATIC_DRAW);
      this.held.set(array, buffer);
      if (this.held.size > 12) {
        const [oldest, old] = this.held.entries().next().value;
        gl.deleteBuffer(old);
        this.held.delete(oldest);
      }
    }
    const place = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
  }

  /** Another content of an array of places that is held. */
  renew(array) {
    if (this.gl.isContextLost()) return;
    this.gl.deleteBuffer(this.held.get(array) ?? null);
    this.held.delete(array);
    this.shown = null;
  }

  draw(places, view, ratio, grow) {
    const gl = this.gl;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.drawn) return;
    if (this.shown?.[0] !== places.from || this.shown?.[1] !== places.to) {
      this.point("a", places.from);
      this.point("b", places.to);
      this.shown = [places.from, places.to];
    }
    gl.uniform1f(this.uniform.share, places.share);
    gl.uniform1f(this.uniform.grow, grow * ratio);
    gl.uniform3f(this.uniform.eye, view.x, view.y, view.scale * ratio);
    gl.uniform2f(this.uniform.size, view.width * ratio, view.height * ratio);
    gl.drawElements(gl.POINTS, this.drawn, gl.UNSIGNED_INT, 0);
  }
}
