import { rampColour, UNLABELLED } from "./appearance.js";
import { chosenCategories, readRange, writtenRange, written } from "./colouring.js";
import { Histogram } from "./histogram.js";
import { SYMBOLS } from "./symbols.js";
import { FILLED } from "./view.js";

const FACE = "Where no photograph of a region is labelled, the map shows its most central one, in a frame: by PageRank on the graph of neighbours.";
const MARGIN = 16; // pixels between the legend and the edge of the map, and the points

function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The counts of landmarks, and last of none, as `tally` gives them. */
function toldCounts(numbers) {
  const counts = new Map(numbers.map((count, number) => [number === numbers.length - 1 ? UNLABELLED : number, count]));
  if (!counts.get(UNLABELLED)) counts.delete(UNLABELLED);
  return counts;
}

/** One of a set alone, or all again if it was alone; with `add` one more or one less. */
function chooseAmong(chosen, number, add) {
  const alone = chosen.size === 1 && chosen.has(number);
  if (add) {
    if (!chosen.delete(number)) chosen.add(number);
  } else {
    chosen.clear();
    if (!alone) chosen.add(number);
  }
}

/** The landmarks, or the values of a colouring, each with its colour, its symbol and its number of photographs; click isolates, Shift-click adds. */
export class Legend {
  constructor(app, element) {
    this.app = app;
    this.element = element;
  }

  draw() {
    const { app, element } = this;
    if (app.colour === "overlap") {
      this.drawRamp();
    } else if (app.colouring?.names.length) {
      element.replaceChildren(...this.categories());
    } else if (app.colouring) {
      this.drawValues();
    } else {
      const counts = app.scene.tiled ? toldCounts(app.scene.tiled.counts) : tally(app.scene.labels);
      const entries = app.scene.landmarks.map((landmark, number) => this.landmark({ ...landmark, name: app.hides.landmark(number), together: app.model.together[number] }, number, counts.get(number) ?? 0));
      if (counts.has(UNLABELLED)) {
        entries.push(this.landmark({ name: "unlabelled", colour: "#999999", symbol: 0 }, UNLABELLED, counts.get(UNLABELLED)));
      }
      element.replaceChildren(...entries);
    }
    return this.settle();
  }

  landmark(landmark, number, count) {
    const { isolated } = this.app;
    const button = this.entry(landmark, count, isolated.has(number), isolated.size > 0, "landmark", (add) => {
      chooseAmong(isolated, number, add);
      this.app.isolate();
    });
    if (number === UNLABELLED && this.app.model.central) button.title += ` ${FACE}`;
    return button;
  }

  /** The categories of a colouring; the photographs without one are counted, and can't be chosen. */
  categories() {
    const { app } = this;
    const { names, colours, symbols, values } = app.colouring;
    const [counts, chosen] = [tally(values), chosenCategories(app.colouring, app.only)];
    const entries = names.map((name, number) => {
      const looks = { name, colour: colours[number], symbol: symbols[number] };
      return this.entry(looks, counts.get(number) ?? 0, chosen.has(number), chosen.size > 0, "value", (add) => {
        chooseAmong(chosen, number, add);
        app.setOnly([...chosen].map((one) => written(names[one])).join(","));
      });
    });
    if (counts.has(null)) {
      const rest = document.createElement("span");
      rest.textContent = `none (${counts.get(null).toLocaleString("en")})`;
      entries.push(rest);
    }
    return entries;
  }

  /** A colouring on a ramp: a histogram in its colours, which filters. */
  drawValues() {
    const { app, element } = this;
    const { low, high, values, even } = app.colouring;
    element.replaceChildren();
    const colour = (share) => `rgb(${rampColour(share).map(Math.round).join(",")})`;
    const drawn = new Histogram(element, app.colouring.title, (range) => app.setOnly(range ? writtenRange(range) : ""), colour);
    drawn.show(values, readRange(app.only), { even, title: `${low} … ${high}` });
  }

  /** Lie over the map where its points leave room, beside or above them; else below it. */
  settle() {
    const { element } = this;
    const { clientWidth: width, clientHeight: height } = element.parentElement;
    const [wide, high] = this.app.view.extent;
    const scale = Math.min(width / wide, height / high) * FILLED;
    const [beside, above] = [(width - wide * scale) / 2, (height - high * scale) / 2];
    const fits = (place, short) => {
      element.dataset.place = place;
      element.classList.toggle("short", short);
      return place === "beside" ? element.offsetWidth + MARGIN <= beside : element.offsetHeight + MARGIN <= above;
    };
    if (fits("beside", false) || fits("over", false) || fits("beside", true) || fits("over", true)) return;
    element.dataset.place = "below";
    element.classList.remove("short"); // it scrolls
  }

  entry({ name, colour, symbol, together }, count, chosen, some, kind, choose) {
    const button = document.createElement("button");
    button.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16" fill="${colour}" aria-hidden="true"><path d="${SYMBOLS[symbol]}"/></svg>`;
    const counted = button.appendChild(document.createElement("span"));
    counted.className = "count";
    counted.textContent = together == null ? `(${count.toLocaleString("en")})` : `(${count.toLocaleString("en")} · ${Math.round(100 * together)} %)`;
    counted.before(`${name} `);
    button.setAttribute("aria-pressed", String(chosen));
    button.classList.toggle("grey", some && !chosen);
    button.title = `Click: this ${kind} only. Shift-click: this one too. Click again: all.`;
    if (together != null) button.title += ` ${Math.round(100 * together)} %: how much of what lies nearest to its photographs is of it, in descriptor space.`;
    button.onclick = (event) => choose(event.shiftKey);
    return button;
  }

  drawRamp() {
    const text = document.createElement("span");
    text.textContent = `Share of a photograph's ${this.app.model.judged} nearest neighbours in descriptor space that are its neighbours on the map: 0 %`;
    const bar = document.createElement("i");
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => `rgb(${rampColour(share).map(Math.round).join(",")})`);
    bar.style.background = `linear-gradient(90deg, ${stops.join(",")})`;
    const end = document.createElement("span");
    end.textContent = "100 %";
    this.element.replaceChildren(text, bar, end);
  }
}
