import { button, element, photograph } from "./text.js";

const LEAST = 16; // pixels of a box's sides; below, no network sees anything
const CORNERS = ["nw", "ne", "sw", "se"];

/** The query's photograph, and the box on it: drag to draw one, drag it or a corner to change it, or use the arrow keys. */
export class Picture {
  constructor(root, tell) {
    this.tell = tell;
    this.floor = root.appendChild(element("div", "picture"));
    this.row = root.appendChild(element("div", "row"));
  }

  show(data) {
    Object.assign(this, { data, box: data.box, size: data.size });
    const picture = photograph(data.src, data.name, false);
    picture.draggable = false;
    this.frame = element("div", "frame", "", ...CORNERS.map((corner) => element("i", corner)));
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "group");
    this.frame.setAttribute("aria-label", "Box of the query: arrow keys move it, with Shift they change its size");
    this.frame.onkeydown = (event) => this.key(event);
    this.floor.replaceChildren(picture, this.frame);
    this.floor.classList.toggle("fixed", !data.size);
    if (data.size) this.floor.onpointerdown = (event) => this.grab(event);
    this.place();
    const own = data.own && String(data.own) !== String(data.box) ? [button("The query's own box", () => this.tell({ box: "own" }))] : [];
    const whole = data.size && data.box ? [button("Whole picture", () => this.tell({ box: "whole" }))] : [];
    this.row.replaceChildren(...own, ...whole);
  }

  place() {
    this.frame.hidden = !this.box || !this.size;
    if (this.frame.hidden) return;
    const [width, height] = this.size;
    const [left, top, right, bottom] = this.box;
    Object.assign(this.frame.style, { left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`,
      width: `${(100 * (right - left)) / width}%`, height: `${(100 * (bottom - top)) / height}%` });
  }

  /** Pixels of the photograph under the pointer. */
  at(event) {
    const area = this.floor.getBoundingClientRect();
    const [width, height] = this.size;
    const inside = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    return [inside(((event.clientX - area.left) / area.width) * width, width), inside(((event.clientY - area.top) / area.height) * height, height)];
  }

  grab(event) {
    event.preventDefault();
    const from = this.at(event);
    const target = event.composedPath()[0];
    const old = this.box;
    const corner = CORNERS.find((name) => target.classList?.contains(name));
    let change;
    if (corner) {
      const fixed = [corner.includes("w") ? old[2] : old[0], corner.includes("n") ? old[3] : old[1]];
      change = (to) => this.between(fixed, to);
    } else if (target === this.frame) {
      change = (to) => this.moved(old, to[0] - from[0], to[1] - from[1]);
    } else {
      change = (to) => this.between(from, to);
    }
    this.floor.setPointerCapture(event.pointerId);
    this.floor.onpointermove = (now) => {
      this.box = change(this.at(now));
      this.place();
    };
    this.floor.onpointerup = this.floor.onpointercancel = () => {
      this.floor.onpointermove = this.floor.onpointerup = this.floor.onpointercancel = null;
      this.settle(old);
    };
  }

  between([x, y], [u, v]) {
    return [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
  }

  moved([left, top, right, bottom], right_by, down_by) {
    const [width, height] = this.size;
    const dx = Math.min(width - right, Math.max(-left, right_by));
    const dy = Math.min(height - bottom, Math.max(-top, down_by));
    return [left + dx, top + dy, right + dx, bottom + dy];
  }

  /** A box that is too small to be meant is taken back. */
  settle(old) {
    const [left, top, right, bottom] = this.box ?? [0, 0, 0, 0];
    if (right - left < LEAST || bottom - top < LEAST) this.box = old;
    this.place();
    if (String(this.box) !== String(old)) this.tell({ box: this.box.map(Math.round).join(",") });
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const step = Math.max(2, Math.round(Math.max(...this.size) / 50));
    const old = this.box;
    const [width, height] = this.size;
    const [left, top, right, bottom] = old;
    this.box = event.shiftKey
      ? [left, top, Math.min(width, Math.max(left + LEAST, right + by[0] * step)), Math.min(height, Math.max(top + LEAST, bottom + by[1] * step))]
      : this.moved(old, by[0] * step, by[1] * step);
    this.place();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(this.data.box), 500); // one search for a run of key strokes
  }
}
