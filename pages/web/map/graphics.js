import { drawSymbols, SYMBOLS } from "./symbols.js";

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

let spare = null; // what the last map drew with

/** What the points of a map are drawn with: a canvas with WebGL 2, the program, the signs, and buffers for what all points have. */
class Graphics {
  constructor(gl) {
    Object.assign(this, { gl, canvas: gl.canvas, restored: null });
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault()); // without this it would never come back
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.begin();
      this.restored?.();
    });
    this.begin();
  }

  begin() {
    const { gl } = this;
    this.program = this.build();
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

  build() {
    const { gl } = this;
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
}

/**
 * What a map is to draw with, its canvas in the place of an empty one; null where the browser has no WebGL 2. `restored` is called when
 * the graphics card has come back after it was lost: by then nothing is left of what it held.
 *
 * A map goes on with what the one before has drawn with, in its size: to begin anew, or to change the size, the page waits for the
 * graphics card several times, and each time until the frame that is being drawn is on the screen.
 */
export function takeGraphics(canvas, restored) {
  if (spare?.gl.isContextLost()) spare = null;
  const gl = spare ? null : canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true });
  const graphics = spare ?? (gl && new Graphics(gl));
  spare = null;
  if (graphics && graphics.canvas !== canvas) canvas.replaceWith(graphics.canvas);
  return graphics && Object.assign(graphics, { restored });
}

/** A map is gone. What it drew with waits for the next; of two that wait one goes, since a browser grants a page only a few. */
export function giveGraphics(graphics) {
  graphics.restored = null;
  graphics.canvas.remove();
  if (spare) graphics.gl.getExtension("WEBGL_lose_context")?.loseContext();
  else spare = graphics;
}
