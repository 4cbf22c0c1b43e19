import { extent, shareOf } from "./colouring.js";

const BARS = 24;
const [WIDTH, HEIGHT] = [240, 40]; // units of the drawing
const SVG = "http://www.w3.org/2000/svg";

/** Counts of values in bars of one width between two ends; by ratios where they are not even. */
export function countBars(values, ends, even = true, bars = BARS) {
  const counts = new Array(bars).fill(0);
  for (const value of values) {
    if (value !== null) counts[Math.min(bars - 1, Math.floor(shareOf(value, ends, even) * bars))]++;
  }
  return counts;
}

function drawn(parent, name, attributes) {
  const made = parent.appendChild(document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** A small histogram: a drag over it, or two numbers, choose a range; a click takes the range away. `colour` of a share, if any. */
export class Histogram {
  constructor(parent, title, choose, colour = () => "currentColor") {
    Object.assign(this, { title, choose, colour, range: null });
    this.element = parent.appendChild(document.createElement("div"));
    this.element.className = "histogram";
    this.heading = this.element.appendChild(document.createElement("span"));
    this.svg = this.element.appendChild(document.createElementNS(SVG, "svg"));
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.row = this.element.appendChild(document.createElement("div"));
    this.row.className = "ends";
    this.fields = ["from", "to"].map((word) => this.field(word));
    this.listen();
  }

  field(word) {
    const field = this.row.appendChild(document.createElement("input"));
    Object.assign(field, { type: "number", step: "any", placeholder: word });
    field.setAttribute("aria-label", `${this.title}: ${word}`);
    field.onchange = () => {
      const [low, high] = this.fields.map((one, end) => (one.value === "" ? this.ends[end] : Number(one.value)));
      this.choose(low <= high ? [low, high] : [high, low]);
    };
    return field;
  }

  /** Show values, some of which may be null, and the chosen range; `title` may say more than the name. */
  show(values, range, { even = true, title = this.title } = {}) {
    const ends = values && extent(values);
    this.element.hidden = !ends;
    if (!ends) return;
    Object.assign(this, { ends, even, range });
    this.heading.textContent = title;
    const counts = countBars(values, ends, even);
    const most = Math.max(...counts);
    this.svg.setAttribute("aria-label", `${title}: ${values.filter((value) => value !== null).length} values from ${this.text(ends[0])} to ${this.text(ends[1])}`);
    this.svg.replaceChildren();
    counts.forEach((count, bar) => {
      if (!count) return;
      // Few are seen beside many: the height is the root of the count.
      const height = Math.max(1.5, HEIGHT * Math.sqrt(count / most));
      drawn(this.svg, "rect", { x: (bar * WIDTH) / BARS + 0.5, y: HEIGHT - height, width: WIDTH / BARS - 1, height, fill: this.colour((bar + 0.5) / BARS) });
    });
    this.shade = drawn(this.svg, "rect", { class: "range", y: 0, height: HEIGHT });
    this.mark(range);
    this.fields.forEach((field, end) => {
      field.placeholder = this.text(ends[end]);
      field.value = range ? this.text(range[end]) : "";
    });
  }

  text(value) {
    return String(Number(value.toPrecision(4)));
  }

  mark(range) {
    const [left, right] = range ? range.map((value) => WIDTH * Math.min(1, Math.max(0, shareOf(value, this.ends, this.even)))) : [0, 0];
    this.shade.setAttribute("x", left);
    this.shade.setAttribute("width", Math.max(0, right - left));
  }

  /** The value below a pointer. */
  value(event) {
    const box = this.svg.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const [low, high] = this.ends;
    return this.even ? low + share * (high - low) : low * (high / low) ** share;
  }

  listen() {
    const { svg } = this;
    svg.onpointerdown = (event) => {
      if (event.button !== 0) return;
      svg.setPointerCapture(event.pointerId);
      this.start = { value: this.value(event), left: event.clientX };
    };
    svg.onpointermove = (event) => this.start && this.mark(this.dragged(event));
    svg.onpointercancel = () => (this.start = null);
    svg.onpointerup = (event) => {
      if (!this.start) return;
      const range = Math.abs(event.clientX - this.start.left) < 3 ? null : this.dragged(event);
      this.start = null;
      this.choose(range);
    };
  }

  dragged(event) {
    return [this.start.value, this.value(event)].sort((one, other) => one - other);
  }
}
