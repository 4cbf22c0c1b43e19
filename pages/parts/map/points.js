/** The points, drawn by the graphics card: it also moves them from one layout to the next, so a step costs no upload. */

const VERTEX = `#version 300 es
in vec2 a; in vec2 b; in vec4 colour; in vec2 look;
uniform float share, grow; uniform vec3 eye; uniform vec2 size;
out vec4 ink; flat out float shape; out float side;
void main() {
  vec2 place = (mix(a, b, share) - eye.xy) * eye.z * 2.0 / size;
  gl_Position = vec4(place, 0, 1);
  side = look.x * grow + 2.0;
  gl_PointSize = side;
  ink = colour;
  shape = look.y;
}`;

// Signed distances to the edge, in a square that reaches from -1 to 1; below 0 is inside.
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 ink; flat in float shape; in float side;
out vec4 result;
float polygon(vec2 p, float corners) {
  float turn = atan(p.x, p.y), step = 6.2831853 / corners;
  return length(p) * cos(floor(0.5 + turn / step) * step - turn) - cos(step / 2.0);
}
float star(vec2 p) {
  float turn = abs(mod(atan(p.x, -p.y) + 0.62831853, 1.2566371) - 0.62831853);
  return length(p) * (0.55 + 0.75 * (0.62831853 - turn)) - 0.52;
}
float edge(vec2 p) {
  vec2 q = abs(p);
  if (shape < 0.5) return length(p) - 0.9;
  if (shape < 1.5) return max(q.x, q.y) - 0.78;
  if (shape < 2.5) return q.x + q.y - 1.0;
  if (shape < 3.5) return polygon(vec2(p.x, -p.y), 3.0) * 0.9;
  if (shape < 4.5) return max(min(q.x, q.y) - 0.32, max(q.x, q.y) - 0.95);
  if (shape < 5.5) { vec2 d = abs(vec2(p.x + p.y, p.x - p.y)) * 0.7071; return max(min(d.x, d.y) - 0.3, max(d.x, d.y) - 0.98); }
  if (shape < 6.5) return polygon(p, 3.0) * 0.9;
  if (shape < 7.5) return polygon(vec2(p.x, -p.y), 5.0);
  if (shape < 8.5) return star(vec2(p.x, -p.y));
  if (shape < 9.5) return polygon(p, 6.0);
  return max(q.y - q.x, q.x - 0.9);
}
void main() {
  float soft = 2.0 / side;
  float cover = 1.0 - smoothstep(-soft, soft, edge((gl_PointCoord * 2.0 - 1.0) * (1.0 + soft)));
  if (cover <= 0.0) discard;
  result = vec4(ink.rgb, 1) * ink.a * cover;
}`;

export class Points {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true });
    if (!gl) throw new Error("This browser has no WebGL 2, which the map is drawn with. Use a current Chrome, Edge, Firefox or Safari.");
    this.gl = gl;
    this.program = this.build();
    this.held = new Map(); // buffers of layouts, by the array that they hold
    gl.useProgram(this.program);
    gl.bindVertexArray(gl.createVertexArray());
    this.colours = gl.createBuffer();
    this.looks = gl.createBuffer();
    this.order = gl.createBuffer();
    this.drawn = 0;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.uniform = Object.fromEntries(["share", "grow", "eye", "size"].map((name) => [name, gl.getUniformLocation(this.program, name)]));
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

  draw(places, view, ratio, grow) {
    const gl = this.gl;
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
