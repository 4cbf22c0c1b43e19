export const FILLED = 0.94; // of the stage, by the whole map

/** Where the eye looks on the map and how near: places to pixels and back. Layouts lie within -1 … 1, y upwards. */
export class View {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
    this.width = 1;
    this.height = 1;
    this.extent = [1, 1];
  }

  /** Pixels a unit. */
  get scale() {
    const [wide, high] = this.extent;
    return FILLED * this.zoom * Math.min(this.width / (2 * wide), this.height / (2 * high));
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toMap(left, top) {
    return [this.x + (left - this.width / 2) / this.scale, this.y - (top - this.height / 2) / this.scale];
  }

  pan(right, down) {
    this.x -= right / this.scale;
    this.y += down / this.scale;
  }

  /** Zoom so that what lies below a pixel stays there. */
  zoomAt(factor, left, top) {
    const [x, y] = this.toMap(left, top);
    this.zoom = Math.min(2000, Math.max(0.4, this.zoom * factor));
    const [newX, newY] = this.toMap(left, top);
    this.x += x - newX;
    this.y += y - newY;
  }

  reset() {
    [this.x, this.y, this.zoom] = [0, 0, 1];
  }

  /** As a parameter of the link; empty for the whole map. */
  get text() {
    const same = Math.abs(this.x) < 1e-4 && Math.abs(this.y) < 1e-4 && Math.abs(this.zoom - 1) < 1e-3;
    return same ? "" : [this.x.toFixed(4), this.y.toFixed(4), this.zoom.toPrecision(4)].join(",");
  }

  set text(value) {
    const [x, y, zoom] = value.split(",").map(Number);
    if (value && [x, y, zoom].every(Number.isFinite) && zoom > 0) [this.x, this.y, this.zoom] = [x, y, zoom];
    else this.reset();
  }
}
