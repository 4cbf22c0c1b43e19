import { element } from "../ranking/text.js";

const GLIDE = 80; // milliseconds in which points glide to their new places
const REACH = 12; // pixels within which a click means a point
const UNLABELLED = 65535;

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

/** The map at one exponent after the other, on a canvas. */
export class Places {
  constructor(data, choose) {
    this.data = data;
    this.count = data.ids.length;
    this.places = new Float32Array(bytes(data.places));
    this.labels = new Uint16Array(bytes(data.labels));
    const far = this.places.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    this.extent = far || 1;
    this.now = this.places.slice(0, 2 * this.count);
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.onclick = (event) => {
      const number = this.near(event.offsetX, event.offsetY);
      if (number >= 0) choose(number);
    };
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.canvas);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Move the points to their places at an exponent. */
  turn(at) {
    const to = this.places.subarray(2 * at * this.count, 2 * (at + 1) * this.count);
    const from = this.now.slice();
    const begin = performance.now();
    const first = this.at === undefined;
    this.at = at;
    this.canvas.setAttribute("aria-label", `Map of ${this.count.toLocaleString("en")} photographs at p = ${this.data.powers[at]}`);
    cancelAnimationFrame(this.frame);
    const step = () => {
      const share = first || this.calm ? 1 : Math.min(1, (performance.now() - begin) / GLIDE);
      for (let place = 0; place < to.length; place++) this.now[place] = from[place] + share * (to[place] - from[place]);
      this.draw();
      if (share < 1) this.frame = requestAnimationFrame(step);
      else this.canvas.dataset.at = at;
    };
    step();
  }

  /** Pixels of a point. */
  pixel(number) {
    const half = Math.min(this.width, this.height) / 2 - 10;
    return [this.width / 2 + (this.now[2 * number] / this.extent) * half, this.height / 2 - (this.now[2 * number + 1] / this.extent) * half];
  }

  near(x, y) {
    let [best, least] = [-1, REACH * REACH];
    for (let number = 0; number < this.count; number++) {
      const [left, top] = this.pixel(number);
      const far = (left - x) ** 2 + (top - y) ** 2;
      if (far < least) [best, least] = [number, far];
    }
    return best;
  }

  draw() {
    const density = window.devicePixelRatio || 1;
    [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!this.width || this.at === undefined) return;
    Object.assign(this.canvas, { width: this.width * density, height: this.height * density });
    const brush = this.canvas.getContext("2d");
    brush.scale(density, density);
    for (let number = 0; number < this.count; number++) {
      const label = this.labels[number];
      brush.globalAlpha = label === UNLABELLED ? 0.45 : 0.9;
      brush.fillStyle = label === UNLABELLED ? "#999" : this.data.colours[label];
      const [x, y] = this.pixel(number);
      brush.beginPath();
      brush.arc(x, y, label === UNLABELLED ? 2 : 3, 0, 7);
      brush.fill();
    }
    brush.globalAlpha = 1;
    this.drawFound(brush);
  }

  drawFound(brush) {
    const ink = getComputedStyle(this.canvas).color;
    const [x, y] = this.pixel(this.data.asked);
    Object.assign(brush, { strokeStyle: ink, lineWidth: 1 });
    for (const number of this.data.found[this.at]) {
      const [left, top] = this.pixel(number);
      brush.beginPath();
      brush.moveTo(x, y);
      brush.lineTo(left, top);
      brush.stroke();
    }
    brush.lineWidth = 3;
    brush.beginPath();
    brush.arc(x, y, 7, 0, 7);
    brush.stroke();
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
  }
}
