import { giveGraphics } from "./graphics.js";

/** The points, drawn by the graphics card: it also moves them from one layout to the next, so a step costs no upload. */
export class Points {
  /** `graphics` as takeGraphics gives it. */
  constructor(graphics) {
    Object.assign(this, { graphics, gl: graphics.gl, canvas: graphics.canvas });
    this.begin();
  }

  /** The graphics card holds nothing of these points, at first and when it was lost. */
  begin() {
    this.held = new Map(); // buffers of layouts, by the array that they hold
    this.shown = null;
    this.drawn = 0;
  }

  /** Whether there is nothing to draw with: the card was lost, or another map draws with it. */
  get gone() {
    return this.ended || this.gl.isContextLost();
  }

  end() {
    for (const layout of [...this.held.keys()]) this.renew(layout);
    this.ended = true;
    giveGraphics(this.graphics);
  }

  /** Colours (N × 4 bytes) and looks (N × [size in pixels, symbol] bytes). */
  setLook(colours, looks) {
    if (this.gone) return;
    this.fill("colour", this.graphics.colours, colours, 4, true);
    this.fill("look", this.graphics.looks, looks, 2, false);
  }

  /** Which points are drawn, the first lowest. */
  setOrder(order) {
    if (this.gone) return;
    const gl = this.gl;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.graphics.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    this.drawn = order.length;
  }

  fill(name, buffer, bytes, width, normalised) {
    const gl = this.gl;
    const place = gl.getAttribLocation(this.graphics.program, name);
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
    const place = gl.getAttribLocation(this.graphics.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
  }

  /** Another content of an array of places that is held. */
  renew(array) {
    if (this.gone) return;
    this.gl.deleteBuffer(this.held.get(array) ?? null);
    this.held.delete(array);
    this.shown = null;
  }

  draw(places, view, ratio, grow) {
    if (this.gone) return;
    const { gl, graphics: { uniform } } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.drawn) return;
    if (this.shown?.[0] !== places.from || this.shown?.[1] !== places.to) {
      this.point("a", places.from);
      this.point("b", places.to);
      this.shown = [places.from, places.to];
    }
    gl.uniform1f(uniform.share, places.share);
    gl.uniform1f(uniform.grow, grow * ratio);
    gl.uniform3f(uniform.eye, view.x, view.y, view.scale * ratio);
    gl.uniform2f(uniform.size, view.width * ratio, view.height * ratio);
    gl.drawElements(gl.POINTS, this.drawn, gl.UNSIGNED_INT, 0);
  }
}
