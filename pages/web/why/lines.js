import { element, photograph, shape } from "../ranking/text.js";
import { beside } from "./side.js";

/** Two pictures, and lines between the points that they share. */
export class Lines {
  constructor(root, data) {
    this.data = data;
    this.row = beside(data.first, data.second);
    this.frames = [data.first, data.second].map((side) => {
      const frame = element("div", "frame plain", "", photograph(side.src, side.name, false));
      frame.style.aspectRatio = `${side.size[0]} / ${side.size[1]}`;
      this.row.append(element("figure", "", "", frame, element("figcaption", "", side.name)));
      return frame;
    });
    this.svg = this.row.appendChild(shape("svg", { role: "img", "aria-label": `${data.lines.length} local matches` }));
    root.append(this.row);
    this.resizer = new ResizeObserver(() => this.draw());
    this.resizer.observe(this.row);
  }

  draw() {
    const area = this.row.getBoundingClientRect();
    const [first, second] = this.frames.map((frame) => frame.getBoundingClientRect());
    const at = (box, x, y) => [box.left - area.left + x * box.width, box.top - area.top + y * box.height];
    this.svg.setAttribute("viewBox", `0 0 ${area.width} ${area.height}`);
    this.svg.replaceChildren(...this.data.lines.flatMap(([x, y, u, v]) => {
      const [[left, top], [right, bottom]] = [at(first, x, y), at(second, u, v)];
      const ends = [[left, top], [right, bottom]].map(([cx, cy]) => shape("circle", { cx, cy, r: 4 }));
      const line = { x1: left, y1: top, x2: right, y2: bottom };
      return [shape("line", { ...line, class: "under" }), shape("line", line), ...ends];
    }));
  }

  end() {
    this.resizer.disconnect();
  }
}
