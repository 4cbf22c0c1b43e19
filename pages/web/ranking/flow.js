import { pictureAt } from "../files.js";
import { button, called, element, fitted, photograph, shape, SIGNS, whyButton, WORDS } from "./text.js";
import { saveButtons } from "./save.js";

const TALL = [300, 330]; // pixels of the figure's height, and of the window that is not the figure
const EDGE = { left: 140, right: 130, top: 50, bottom: 18 };
const NAMES = 30; // pixels of the names of models above the first rank, whose photographs reach up to them
const THUMB = [56, 42];
const LETTER = 8; // pixels of a letter of a model's name, about
const TILT = 35; // degrees by which the names of models stand where they would cover one another

/** One query under every model: each relevant photograph is a line of its rank. */
export class Flow {
  constructor(root, enlarged) {
    this.enlarged = enlarged;
    this.svg = shape("svg", { "aria-label": "Rank of every relevant photograph under every model" });
    new ResizeObserver(() => this.data && this.draw()).observe(this.svg);
    this.words = element("p", "note");
    this.card = element("div", "told");
    this.root = root;
    root.append(element("div", "flow", "", element("div", "figure", "", element("div", "row", "", ...saveButtons(() => this.svg, "rank-flow")), this.svg), element("div", "", "", this.words, this.card)));
  }

  show(data) {
    this.data = data;
    if (!data.lines.some((line) => line.id === this.chosen)) this.chosen = null;
    this.draw();
    this.tell();
  }

  x(place) {
    const { models } = this.data;
    return EDGE.left + (models.length < 2 ? 0.5 : place / (models.length - 1)) * (this.size.width - EDGE.left - EDGE.right);
  }

  /** Ranks on a logarithmic scale: the head of the ranking, which decides an AP, gets most of the room. */
  y(rank) {
    return this.top + (Math.log(rank) / Math.log(this.data.count)) * (this.size.height - this.top - EDGE.bottom);
  }

  draw() {
    const { data } = this;
    this.size = fitted(this.svg, 0.8, ...TALL);
    const longest = LETTER * Math.max(...data.models.map((model) => model.length));
    const crowded = data.models.length > 1 && longest > this.x(1) - this.x(0);
    this.top = EDGE.top + (crowded ? longest * Math.sin((TILT * Math.PI) / 180) : 0);
    const parts = [shape("rect", { class: "perfect", x: EDGE.left, width: this.size.width - EDGE.left - EDGE.right, y: this.y(1) - 6,
      height: this.y(data.lines.length + 0.5) - this.y(1) + 6 })];
    for (let tick = 1; tick <= data.count; tick *= 10) {
      for (const value of [tick, 3 * tick].filter((rank) => rank <= data.count)) {
        parts.push(shape("path", { class: "grid", d: `M${EDGE.left} ${this.y(value)}H${this.size.width - EDGE.right}` }),
          shape("text", { x: EDGE.left - 78, y: this.y(value) + 5, "text-anchor": "end" }, value.toLocaleString("en")));
      }
    }
    parts.push(shape("text", { x: 10, y: this.top - NAMES }, "rank"));
    data.models.forEach((model, place) => {
      parts.push(shape("path", { class: "axis", d: `M${this.x(place)} ${this.top - 6}V${this.size.height - EDGE.bottom}` }),
        shape("text", { class: "model", transform: `translate(${this.x(place)} ${this.top - NAMES})${crowded ? ` rotate(-${TILT})` : ""}`,
          "text-anchor": crowded ? "start" : "middle" }, model));
    });
    this.lines = data.lines.map((line) => this.line(line));
    this.svg.replaceChildren(...parts, ...this.lines, ...this.ends(0), ...this.ends(data.models.length - 1));
  }

  line(line) {
    const points = line.ranks.map((rank, place) => `${this.x(place).toFixed(1)} ${this.y(rank).toFixed(1)}`);
    const path = `M${points.join("L")}`;
    const dots = line.ranks.map((rank, place) => shape("circle", { cx: this.x(place), cy: this.y(rank), r: 3.5 }));
    const made = shape("g", { class: `line ${line.word}${line.id === this.chosen ? " chosen" : ""}`, tabindex: 0, role: "button",
      "aria-label": `${called(line)}, ${line.word}, ranks ${line.ranks.join(", ")}`, "data-image": line.id });
    made.append(shape("path", { class: "hit", d: path }), shape("path", { d: path }), ...dots, shape("title", {}, `${called(line)}: ${line.ranks.join(" → ")}`));
    made.addEventListener("click", () => this.choose(line));
    made.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(line);
    });
    return made;
  }

  /** Photographs at an end of their lines, as many as find room; the one that is chosen always does. */
  ends(place) {
    const left = place === 0;
    const taken = [];
    const first = (line) => (line.id === this.chosen ? -1 : line.ranks[place]);
    const shown = [];
    for (const line of this.data.lines.filter((one) => pictureAt(one.src)).sort((a, b) => first(a) - first(b))) {
      const y = this.y(line.ranks[place]);
      if (taken.some((other) => Math.abs(other - y) < THUMB[1] + 2)) continue;
      taken.push(y);
      const x = left ? EDGE.left - THUMB[0] - 16 : this.size.width - EDGE.right + 16;
      const image = shape("image", { href: pictureAt(line.src), x, y: y - THUMB[1] / 2, width: THUMB[0], height: THUMB[1], preserveAspectRatio: "xMidYMid slice" });
      image.addEventListener("click", () => this.choose(line));
      shown.push(shape("rect", { class: `edge ${line.word}${line.id === this.chosen ? " chosen" : ""}`, x: x - 2, y: y - THUMB[1] / 2 - 2, width: THUMB[0] + 4, height: THUMB[1] + 4 }), image);
      if (!left) shown.push(shape("text", { x: x + THUMB[0] + 8, y: y + 5 }, `${line.ranks[place].toLocaleString("en")}.`));
    }
    return shown;
  }

  choose(line) {
    this.chosen = this.chosen === line.id ? null : line.id;
    this.draw();
    this.tell();
    this.svg.querySelector(".line.chosen")?.focus();
  }

  tell() {
    const { lines, models } = this.data;
    const inside = (place) => lines.filter((line) => line.ranks[place] <= lines.length).length;
    this.words.textContent = `${lines.length} relevant photographs. Within the first ${lines.length} ranks (shaded: all would be there in a perfect ranking): ` +
      models.map((model, place) => `${model} ${inside(place)}`).join(", ") + ". Click a line to see its photograph.";
    const line = lines.find((one) => one.id === this.chosen);
    this.card.replaceChildren();
    if (!line) return;
    const best = Math.min(...line.ranks);
    const worst = Math.max(...line.ranks);
    const named = (rank) => models.filter((_, place) => line.ranks[place] === rank).join(", ");
    const large = button("", () => this.enlarged.show([{ ...line, rank: null }], 0), "Enlarge");
    large.className = `card ${line.word}`;
    large.append(photograph(line.src, called(line), false), element("b", "", SIGNS[line.word]));
    const told = element("p", "", "", element("strong", "", called(line)), ` (${line.name}) is ${WORDS[line.word]}. ` +
      (best === worst ? `Every model puts it at rank ${best}.` : `${named(best)} finds it at rank ${best}; ${named(worst)} loses it to rank ${worst.toLocaleString("en")}.`));
    if (line.why) told.append(" ", whyButton(called(line), () => this.enlarged.tell({ match: line.id, ...line.why })));
    this.card.append(large, told);
  }
}
