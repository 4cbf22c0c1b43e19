import { rampColour, UNLABELLED } from "./appearance.js";
import { SYMBOLS } from "./symbols.js";

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
    if (app.colour === "overlap") return this.drawRamp();
    const entries = app.scene.landmarks.map((landmark, number) => this.entry(landmark, number, counts.get(number) ?? 0));
    if (counts.has(UNLABELLED)) {
      entries.push(this.entry({ name: "unlabelled", colour: "#999999", symbol: 0 }, UNLABELLED, counts.get(UNLABELLED)));
    }
    element.replaceChildren(...entries);
  }

  entry({ name, colour, symbol }, number, count) {
    const { app } = this;
    const button = document.createElement("button");
    button.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16" fill="${colour}" aria-hidden="true"><path d="${SYMBOLS[symbol]}"/></svg>`;
    button.append(`${name} (${count.toLocaleString("en")})`);
    button.setAttribute("aria-pressed", String(app.isolated.has(number)));
    button.classList.toggle("grey", app.isolated.size > 0 && !app.isolated.has(number));
    button.title = "Click: this landmark only. Shift-click: this one too. Click again: all.";
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
