import { rampColour, UNLABELLED } from "./appearance.js";
import { SYMBOLS } from "./symbols.js";
import { FILLED } from "./view.js";

const MARGIN = 16; // pixels between the legend and the edge of the map, and the points

/** The landmarks, each with its colour, its symbol and its number of photographs; click isolates, Shift-click adds. */
export class Legend {
  constructor(app, element) {
    this.app = app;
    this.element = element;
  }

  draw() {
    const { app, element } = this;
    const counts = new Map();
    for (const label of app.scene.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    if (app.colour === "overlap") {
      this.drawRamp();
      return this.settle();
    }
    const entries = app.scene.landmarks.map((landmark, number) => this.entry({ ...landmark, together: app.model.together[number] }, number, counts.get(number) ?? 0));
    if (counts.has(UNLABELLED)) {
      entries.push(this.entry({ name: "unlabelled", colour: "#999999", symbol: 0 }, UNLABELLED, counts.get(UNLABELLED)));
    }
    element.replaceChildren(...entries);
    return this.settle();
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
  }

  entry({ name, colour, symbol, together }, number, count) {
    const { app } = this;
    const button = document.createElement("button");
    button.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16" fill="${colour}" aria-hidden="true"><path d="${SYMBOLS[symbol]}"/></svg>`;
    const counted = button.appendChild(document.createElement("span"));
    counted.className = "count";
    counted.textContent = together == null ? `(${count.toLocaleString("en")})` : `(${count.toLocaleString("en")} · ${Math.round(100 * together)} %)`;
    counted.before(`${name} `);
    button.setAttribute("aria-pressed", String(app.isolated.has(number)));
    button.classList.toggle("grey", app.isolated.size > 0 && !app.isolated.has(number));
    button.title = "Click: this landmark only. Shift-click: this one too. Click again: all.";
    if (together != null) button.title += ` ${Math.round(100 * together)} %: how much of what lies nearest to its photographs is of it, in descriptor space.`;
    button.onclick = (event) => this.choose(number, event.shiftKey);
    return button;
  }

  choose(number, add) {
    const { isolated } = this.app;
    const alone = isolated.size === 1 && isolated.has(number);
    if (add) {
      if (!isolated.delete(number)) isolated.add(number);
    } else {
      isolated.clear();
      if (!alone) isolated.add(number);
    }
    this.app.repaint();
    this.app.tell();
    this.draw();
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
