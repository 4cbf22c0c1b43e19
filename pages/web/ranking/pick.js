import { button, called, element, photograph } from "./text.js";

const ORDERS = {
  landmark: ["by landmark", (a, b) => a.label.localeCompare(b.label) || a.number - b.number],
  hard: ["hardest first", (a, b) => (a.ap ?? 2) - (b.ap ?? 2)],
  easy: ["easiest first", (a, b) => (b.ap ?? -1) - (a.ap ?? -1)],
};

const PATIENCE = 5000; // milliseconds in which the page has answered

/** The queries as pictures in a strip: by landmark or by how hard they are, one at random, and J and K to step. */
export class Picker {
  constructor(root, tell) {
    this.tell = tell;
    this.order = "landmark";
    this.select = element("select");
    this.select.setAttribute("aria-label", "Order of the queries");
    this.select.append(...Object.entries(ORDERS).map(([key, [text]]) => Object.assign(element("option", "", text), { value: key })));
    this.jump = element("select");
    this.jump.setAttribute("aria-label", "Go to a landmark");
    this.strip = element("div", "pick");
    this.strip.setAttribute("role", "group");
    this.strip.setAttribute("aria-label", "Queries");
    const random = button("Random", () => this.go(Math.floor(Math.random() * this.queries.length)), "A query at random (R)");
    this.unit = element("span", "note", "%: mean AP (Oxford)");
    const fields = element("div", "fields", "", this.jump, random, this.select, this.unit);
    root.append(element("div", "choice", "", fields, this.strip));
    this.select.onchange = () => {
      this.order = this.select.value;
      this.draw();
    };
    this.jump.onchange = () => {
      const place = this.queries.findIndex((query) => query.label === this.jump.value);
      if (place >= 0) this.go(place);
    };
    this.listen = (event) => this.key(event);
    document.addEventListener("keydown", this.listen);
  }

  show(data) {
    // What the page says of an earlier choice comes late when one key follows another: it must not undo the last choice.
    const late = this.asked && data.current !== this.asked.query && performance.now() - this.asked.at < PATIENCE;
    if (!late) this.asked = null;
    if (late) data = { ...data, current: this.asked.query };
    this.data = data;
    const labels = [...new Set(data.queries.map((query) => query.label))].sort();
    const current = data.queries.find((query) => query.id === data.current);
    this.jump.replaceChildren(...labels.map((label) => Object.assign(element("option", "", label), { value: label })));
    this.jump.value = current?.label ?? "";
    this.unit.hidden = data.queries.every((query) => query.ap === null);
    this.draw();
  }

  draw() {
    const { data } = this;
    this.queries = data.queries.map((query, number) => ({ ...query, number })).sort(ORDERS[this.order][1]);
    this.strip.replaceChildren(...this.queries.map((query, place) => {
      const made = button("", () => this.go(place), `${called(query)}, ${query.ap === null ? "no AP" : `mean of the models' AP (Oxford) ${(100 * query.ap).toFixed(0)} %`}`);
      made.dataset.query = query.id;
      made.setAttribute("aria-pressed", String(query.id === data.current));
      made.append(photograph(query.src, called(query)), element("span", "", query.ap === null ? "–" : `${(100 * query.ap).toFixed(0)} %`));
      return made;
    }));
    const chosen = this.strip.querySelector('[aria-pressed="true"]');
    if (chosen) this.strip.scrollLeft = chosen.offsetLeft - this.strip.clientWidth / 2;
  }

  go(place) {
    const wanted = this.queries[(place + this.queries.length) % this.queries.length];
    this.asked = { query: wanted.id, at: performance.now() };
    this.data.current = wanted.id; // the next key counts from here, even before the page has answered
    for (const one of this.strip.children) one.setAttribute("aria-pressed", String(one.dataset.query === wanted.id));
    this.tell({ query: wanted.id });
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(target.tagName) || target.isContentEditable) return;
    const here = this.queries.findIndex((query) => query.id === this.data.current);
    const key = event.key.toLowerCase();
    if (key === "j") this.go(here + 1);
    else if (key === "k") this.go(here < 0 ? -1 : here - 1);
    else if (key === "r") this.go(Math.floor(Math.random() * this.queries.length));
    else if (/^[1-9]$/.test(key) && this.data.models[key - 1]) this.tell({ model: this.data.models[key - 1] });
  }

  end() {
    document.removeEventListener("keydown", this.listen);
  }
}
