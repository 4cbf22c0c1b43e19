import { element, photograph } from "../ranking/text.js";

const FINE = 200; // pixels of the longer side of the drawn heat; it is smooth, and the browser enlarges it
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Both pictures beside each other at one height. */
export function beside(first, second) {
  const row = element("div", "pair");
  row.style.setProperty("--columns", [first, second].map(({ size }) => `minmax(0, ${(size[0] / size[1]).toFixed(3)}fr)`).join(" "));
  row.style.setProperty("--shape", String(first.size[0] / first.size[1] + second.size[0] / second.size[1]));
  return row;
}

/** The middles of cells from their edges. */
const middles = (edges) => edges.slice(1).map((edge, k) => (edge + edges[k]) / 2);

/** For each of `count` pixels of a line: the cell before it, the one behind it, and how far it lies between their middles. */
function between(edges, count) {
  const at = middles(edges);
  return Array.from({ length: count }, (_, pixel) => {
    const share = (pixel + 0.5) / count;
    const after = at.findIndex((middle) => middle > share);
    if (after === 0) return [0, 0, 0];
    if (after < 0) return [at.length - 1, at.length - 1, 0];
    return [after - 1, after, (share - at[after - 1]) / (at[after] - at[after - 1])];
  });
}

/** One of two pictures with heat over it; `points(cell)` is called with the cell that a person points at, null for none. */
export class Side {
  constructor(root, data, ramp, points) {
    Object.assign(this, { data, ramp, points, cell: null });
    this.canvas = element("canvas");
    const [width, height] = data.size;
    this.canvas.width = Math.max(1, Math.round((FINE * width) / Math.max(width, height)));
    this.canvas.height = Math.max(1, Math.round((FINE * height) / Math.max(width, height)));
    this.across = between(data.columns, this.canvas.width);
    this.down = between(data.rows, this.canvas.height);
    this.here = element("i", "here");
    this.partner = element("i", "partner");
    this.frame = element("div", "frame", "", photograph(data.src, data.name, false), this.canvas, this.partner, this.here);
    this.frame.style.aspectRatio = `${width} / ${height}`;
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "group");
    this.frame.setAttribute("aria-label", `${data.name}: arrow keys point at a place, Enter holds it, Escape lets go`);
    this.caption = element("figcaption");
    root.append(element("figure", "", "", this.frame, this.caption));
    this.listen();
    this.rest();
  }

  get columns() {
    return this.data.columns.length - 1;
  }

  get rows() {
    return this.data.rows.length - 1;
  }

  listen() {
    const { frame } = this;
    frame.onpointermove = (event) => event.pointerType !== "touch" && this.point(this.under(event));
    frame.onpointerleave = (event) => event.pointerType !== "touch" && this.leave();
    frame.onclick = (event) => this.hold(this.under(event));
    frame.onblur = () => this.leave();
    frame.onkeydown = (event) => this.key(event);
  }

  /** The cell under the pointer. */
  under(event) {
    const area = this.frame.getBoundingClientRect();
    const cell = (share, edges) => Math.min(edges.length - 2, Math.max(0, edges.findIndex((edge) => edge > share) - 1));
    const inside = (share) => Math.min(0.9999, Math.max(0, share));
    const row = cell(inside((event.clientY - area.top) / area.height), this.data.rows);
    return row * this.columns + cell(inside((event.clientX - area.left) / area.width), this.data.columns);
  }

  point(cell) {
    if (this.held || cell === this.cell) return;
    this.cell = cell;
    this.points(cell);
  }

  leave() {
    if (!this.held) this.point(null);
  }

  /** Keep what is pointed at while the pointer goes elsewhere; the same cell again lets go. */
  hold(cell) {
    const again = this.held && cell === this.cell;
    this.held = false;
    this.point(cell);
    this.held = !again;
  }

  release() {
    this.held = false;
    this.cell = null;
  }

  key(event) {
    const by = ARROWS[event.key];
    if (by) {
      const start = this.cell ?? this.strongest(this.data.grid);
      const row = Math.floor(start / this.columns) + (this.cell === null ? 0 : by[0]);
      const column = (start % this.columns) + (this.cell === null ? 0 : by[1]);
      this.held = false;
      if (row >= 0 && row < this.rows && column >= 0 && column < this.columns) this.point(row * this.columns + column);
    } else if (event.key === "Enter" && this.cell !== null) this.hold(this.cell);
    else if (event.key === "Escape" && this.cell !== null) {
      this.held = false;
      this.point(null);
    } else return;
    event.preventDefault();
  }

  strongest(values) {
    return values.reduce((best, value, cell) => (value > values[best] ? cell : best), 0);
  }

  /** All that this picture adds. */
  rest() {
    this.mark(this.here, null);
    this.mark(this.partner, null);
    this.paint(this.data.grid);
    this.frame.dataset.shown = "all";
    this.caption.textContent = `${this.data.name} · strongest place: ${Math.max(...this.data.grid).toFixed(4)}`;
  }

  /** The partners of a cell of the other picture, the strongest marked. */
  partners(values) {
    const best = this.strongest(values);
    this.mark(this.here, null);
    this.mark(this.partner, best);
    this.paint(values);
    this.frame.dataset.shown = "partners";
    this.frame.dataset.partner = best;
    this.caption.textContent = `${this.data.name} · strongest partner: ${values[best].toFixed(4)}`;
  }

  mark(box, cell) {
    box.hidden = cell === null;
    if (cell === null) return;
    const { rows, columns } = this.data;
    const [row, column] = [Math.floor(cell / this.columns), cell % this.columns];
    Object.assign(box.style, {
      left: `${100 * columns[column]}%`, width: `${100 * (columns[column + 1] - columns[column])}%`,
      top: `${100 * rows[row]}%`, height: `${100 * (rows[row + 1] - rows[row])}%`,
    });
  }

  paint(values) {
    const { width, height } = this.canvas;
    const most = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0) || 1;
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    let place = 0;
    for (const [above, below, lower] of this.down) {
      for (const [left, right, further] of this.across) {
        const mix = (row) => (1 - further) * values[row * this.columns + left] + further * values[row * this.columns + right];
        const value = (1 - lower) * mix(above) + lower * mix(below);
        const colour = 4 * Math.round(255 + (255 * value) / most);
        image.data.set(this.ramp.subarray(colour, colour + 4), place);
        place += 4;
      }
    }
    context.putImageData(image, 0, 0);
  }
}
