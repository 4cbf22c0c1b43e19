import { button, called, element, fitted, percent, photograph, shape, SIGNS, WORDS } from "./text.js";
import { saveButtons } from "./save.js";

const TALL = [260, 420]; // pixels of the figure's height, and of the window that is not the figure
const EDGE = { left: 58, right: 14, top: 14, bottom: 48 };
const AROUND = 4; // photographs shown on either side of the one that is looked at
const BEAT = 700; // milliseconds from one photograph to the next while it plays
const RULES = { oxford: "AP (Oxford): trapezoids", finite_sum: "AP (finite sum): steps" };

/** The precision-recall curve of one ranking, built while one walks down it. */
export class Machine {
  constructor(root) {
    this.place = 0;
    this.rule = "oxford";
    this.counted = true;
    this.root = root;
    this.svg = shape("svg", { role: "img", "aria-label": "Precision and recall so far" });
    new ResizeObserver(() => this.data && this.draw()).observe(this.svg);
    this.slider = Object.assign(element("input"), { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", "Place in the ranking");
    this.slider.oninput = () => this.go(Number(this.slider.value));
    this.rules = element("span", "group", "", ...Object.entries(RULES).map(([rule, text]) => {
      const made = button(text, () => this.set({ rule }));
      made.dataset.rule = rule;
      return made;
    }));
    this.own = Object.assign(element("input"), { type: "checkbox", onchange: () => this.set({ counted: this.own.checked }) });
    this.ownLabel = element("label", "", "", this.own, " the query's own picture counts");
    this.playing = button("▶ Play", () => this.play());
    this.walk = element("div", "row", "",
      button("|◀", () => this.go(0), "Back to the first"), button("◀", () => this.go(this.place - 1), "One back (←)"),
      button("▶", () => this.go(this.place + 1), "One on (→)"), button("Next positive", () => this.go(this.nextPositive()), "(N)"), this.playing, this.slider);
    this.film = element("div", "around");
    this.words = element("div", "words");
    this.words.setAttribute("aria-live", "polite");
    this.table = element("table");
    this.why = element("p", "note");
    const figure = element("div", "figure", "", element("div", "row", "", this.rules, this.ownLabel, ...saveButtons(() => this.svg, "average-precision")), this.svg);
    root.append(element("div", "", "", this.walk, this.film), element("div", "machine", "", figure, element("div", "", "", this.words, this.table, this.why)));
    this.listen = (event) => this.key(event);
    document.addEventListener("keydown", this.listen);
  }

  show(data) {
    this.data = data;
    this.ownLabel.hidden = !data.left_out;
    if (!data.left_out) this.counted = true;
    this.go(Math.min(this.place, data.walk.length - 1));
  }

  set(changes) {
    Object.assign(this, changes);
    this.go(this.place);
  }

  get curve() {
    return this.counted ? this.data.counted : this.data.left_out;
  }

  /** What is known at a place of the ranking: the last event at or before it, and the counts of the wrong ones since. */
  at(place) {
    const { events, positives } = this.curve;
    let junk = 0;
    let last = null;
    let exact = null;
    for (const event of events) {
      if (event.place > place) break;
      junk += event.word === "junk";
      if (event.word !== "junk") last = event;
      if (event.place === place) exact = event;
    }
    const seen = place + 1 - junk;
    const found = last ? last.found : 0;
    return {
      word: exact?.word ?? this.data.walk[place]?.word ?? "wrong", seen, found, event: exact, precision: seen ? found / seen : 1,
      recall: found / positives, oxford: last?.oxford ?? 0, finite_sum: last?.finite_sum ?? 0,
    };
  }

  nextPositive() {
    const next = this.curve.events.find((event) => event.place > this.place && event.word !== "junk");
    return next ? next.place : this.data.walk.length - 1;
  }

  go(place) {
    this.place = Math.min(this.data.walk.length - 1, Math.max(0, place));
    this.slider.max = this.data.walk.length - 1;
    this.slider.value = this.place;
    this.own.checked = this.counted;
    for (const one of this.rules.children) one.setAttribute("aria-pressed", String(one.dataset.rule === this.rule));
    this.root.querySelector(".machine").dataset.place = this.place;
    this.draw();
    this.tell();
  }

  play() {
    if (this.beat) return this.pause();
    if (this.place === this.data.walk.length - 1) this.go(0);
    this.playing.textContent = "❚❚ Pause";
    this.beat = setInterval(() => {
      if (this.place >= this.data.walk.length - 1) this.pause();
      else this.go(this.place + 1);
    }, BEAT);
    return undefined;
  }

  pause() {
    clearInterval(this.beat);
    this.beat = null;
    this.playing.textContent = "▶ Play";
  }

  draw() {
    const { width: whole, height: tall } = fitted(this.svg, 0.8, ...TALL);
    const [width, height] = [whole - EDGE.left - EDGE.right, tall - EDGE.top - EDGE.bottom];
    const x = (recall) => EDGE.left + recall * width;
    const y = (precision) => EDGE.top + (1 - precision) * height;
    const parts = [];
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
      parts.push(shape("path", { class: "grid", d: `M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}` }),
        shape("text", { x: x(tick), y: y(0) + 20, "text-anchor": "middle" }, String(tick)),
        shape("text", { x: x(0) - 8, y: y(tick) + 5, "text-anchor": "end" }, String(tick)));
    }
    parts.push(shape("text", { x: x(0.5), y: tall - 6, "text-anchor": "middle" }, "recall"),
      shape("text", { transform: `translate(16 ${y(0.5)}) rotate(-90)`, "text-anchor": "middle" }, "precision"));
    const hits = this.curve.events.filter((event) => event.word !== "junk");
    let recall = 0;
    let line = `M${x(0)} ${y(1)}`;
    let reached = line;
    for (const hit of hits) {
      const done = hit.place <= this.place;
      const [left, right] = [x(recall), x(hit.recall)];
      const piece = `L${left} ${y(hit.before)}L${right} ${y(hit.precision)}`;
      line += piece;
      if (done) {
        reached += piece;
        const roof = this.rule === "oxford" ? y(hit.before) : y(hit.precision);
        const now = hit.place === this.place ? " now" : "";
        parts.push(shape("path", { class: `area${now}`, d: `M${left} ${y(0)}L${left} ${roof}L${right} ${y(hit.precision)}L${right} ${y(0)}Z` }));
      }
      recall = hit.recall;
    }
    const here = this.at(this.place);
    if (!here.event || here.event.word === "junk") reached += `L${x(here.recall)} ${y(here.precision)}`;
    parts.push(shape("path", { class: "whole", d: line }), shape("path", { class: "reached", d: reached }),
      shape("circle", { class: "here", cx: x(here.recall), cy: y(here.precision), r: 7 }));
    this.svg.replaceChildren(...parts);
  }

  tell() {
    const { walk } = this.data;
    const here = this.at(this.place);
    const card = walk[this.place];
    const first = Math.max(0, Math.min(this.place - AROUND, walk.length - 2 * AROUND - 1));
    this.film.replaceChildren(...walk.slice(first, first + 2 * AROUND + 1).map((one, k) => {
      const word = this.at(first + k).word;
      const made = button("", () => this.go(first + k), `place ${first + k + 1}: ${called(one)}`);
      made.className = `card ${word}`;
      made.setAttribute("aria-current", String(first + k === this.place));
      made.append(photograph(one.src, `${called(one)}, ${WORDS[word]}`, false), element("b", "", SIGNS[word]));
      return made;
    }));
    const { positives } = this.curve;
    const head = element("p", "", "", element("strong", "", `Place ${this.place + 1}: ${called(card)}`), ` (${card.name || "unlabelled"}) is `, element("strong", "", WORDS[here.word] || here.word), ".");
    const rows = [head];
    if (here.word === "junk") rows.push(element("p", "", "Junk is skipped: it has no rank, and neither precision nor recall moves."));
    else {
      rows.push(element("p", "", `Rank ${here.seen} (junk left out): precision ${here.found}/${here.seen} = ${percent(here.precision)}, recall ${here.found}/${positives} = ${percent(here.recall)}.`));
      if (here.event) {
        const { before, precision } = here.event;
        rows.push(element("p", "", `Oxford adds 1/${positives} × (${percent(before)} + ${percent(precision)}) / 2 = ${(50 * (before + precision) / positives).toFixed(2)} points; the finite sum adds 1/${positives} × ${percent(precision)} = ${(100 * precision / positives).toFixed(2)} points.`));
      } else rows.push(element("p", "", "A wrong photograph adds no area; it lowers the precision of all that follow."));
    }
    this.words.replaceChildren(...rows);
    const { ap } = this.curve;
    const cell = (value) => element("td", "", `${(100 * value).toFixed(2)}`);
    this.table.replaceChildren(
      element("tr", "", "", element("td"), element("th", "", "so far"), element("th", "", "at the end")),
      element("tr", "", "", element("th", "", "AP (Oxford)"), cell(here.oxford), cell(ap.oxford)),
      element("tr", "", "", element("th", "", "AP (finite sum)"), cell(here.finite_sum), cell(ap.finite_sum)));
    const gap = 100 * (ap.finite_sum - ap.oxford);
    const missing = this.data.length > walk.length ? ` The walk shows the first ${walk.length.toLocaleString("en")} of ${this.data.length.toLocaleString("en")} photographs; the curve and both APs are of all of them.` : "";
    this.why.textContent = `Why they differ: a step takes the precision at each positive, a trapezoid the mean of it and of the precision one rank before, ` +
      `which is lower after wrong photographs. Over this ranking that makes ${gap >= 0 ? `${gap.toFixed(2)} points less` : `${(-gap).toFixed(2)} points more`} for Oxford.${missing}`;
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(target.tagName) || target.isContentEditable) return;
    const to = { ArrowLeft: this.place - 1, ArrowRight: this.place + 1, n: this.nextPositive() }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
  }

  end() {
    this.pause();
    document.removeEventListener("keydown", this.listen);
  }
}
