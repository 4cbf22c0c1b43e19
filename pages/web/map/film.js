import { rgb, UNLABELLED } from "./appearance.js";
import { chosenList } from "./neighbours.js";
import { easeInOut } from "./places.js";

const STEP = 1700; // milliseconds from one model to the next
const REST = 700; // milliseconds that a model is looked at

/** The models one after the other: small maps that share the selection, and one slider that moves the large map. */
export class Film {
  constructor(app, element) {
    this.app = app;
    this.element = element;
    this.minis = element.querySelector(".minis");
    this.slider = element.querySelector("input");
    this.button = element.querySelector(".play");
    this.slider.oninput = () => this.scrub(Number(this.slider.value));
    this.slider.onchange = () => this.app.tell();
    this.button.onclick = () => (this.playing ? this.pause() : this.play());
  }

  async open(shown) {
    this.element.hidden = !shown;
    if (!shown) return this.pause();
    const { scene } = this.app;
    const models = this.app.hides.shown(scene.models);
    this.models = models.filter((model) => model.places);
    this.slider.max = this.models.length - 1;
    this.minis.replaceChildren(...this.models.map((model) => this.mini(model)));
    this.slider.value = this.models.indexOf(this.app.model);
    const missing = models.length - this.models.length;
    this.element.querySelector(".missing").textContent = missing
      ? `${missing} more ${missing === 1 ? "model has" : "models have"} no map of this kind yet: Settings computes ${missing === 1 ? "it" : "them"}.` : "";
    await Promise.all(this.models.map(async (model) => {
      await Promise.all([scene.loadPlaces(model), scene.loadNeighbours(model), scene.loadQueries(model)]);
    }));
    this.draw();
  }

  mini(model) {
    const button = document.createElement("button");
    const canvas = button.appendChild(document.createElement("canvas"));
    canvas.setAttribute("aria-hidden", "true");
    const text = button.appendChild(document.createElement("span"));
    button.title = this.app.hides.has("models") ? this.app.hides.model(model) : model.title;
    button.onclick = () => this.app.setModel(model.key);
    Object.assign(model, { canvas, text, button });
    return button;
  }

  /** Draw all small maps anew, after another selection, another model or another theme. */
  draw() {
    if (this.element.hidden || !this.models) return;
    const { app } = this;
    this.element.querySelector(".unit").hidden = this.models.every((model) => app.hides.ap(model.map[0]) === null);
    for (const model of this.models) {
      const ap = app.query && !app.selection.length ? app.hides.ap(model.rankings?.[app.query.id]?.ap[0]) : null;
      const [mean, name] = [app.hides.ap(model.map[0]), app.hides.model(model)];
      model.text.textContent = ap !== null ? `${name}  AP ${(100 * ap).toFixed(1)}` : mean !== null ? `${name}  mAP ${mean.toFixed(1)}` : name;
      model.button.setAttribute("aria-pressed", String(model === app.model));
      if (model.xy) this.paint(model);
    }
  }

  paint(model) {
    const { app } = this;
    const { scene } = app;
    const { canvas } = model;
    const ratio = window.devicePixelRatio;
    const [width, height] = [canvas.clientWidth || 150, canvas.clientHeight || 110];
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const scale = 0.47 * Math.min(width / app.view.extent[0], height / app.view.extent[1]);
    const at = (point) => [width / 2 + model.xy[2 * point] * scale, height / 2 - model.xy[2 * point + 1] * scale];
    const found = chosenList(app, model);
    const focus = found ? new Set([...found.list].slice(0, app.k + 1)) : app.selection.length > 1 ? new Set(app.selection) : null;
    const step = Math.max(1, Math.floor(scene.count / 20_000));
    const dot = (point, colour, side) => {
      const [left, top] = at(point);
      context.fillStyle = colour;
      context.fillRect(left - side / 2, top - side / 2, side, side);
    };
    const dim = app.dark ? "#3c4552" : "#d8dce2";
    for (const labelled of [false, true]) {
      for (let point = 0; point < scene.count; point += step) {
        const label = scene.labels[point];
        if ((label !== UNLABELLED) !== labelled || (!labelled && !app.unlabelled)) continue;
        const lit = labelled && (!focus || focus.has(point)) && (!app.isolated.size || app.isolated.has(label));
        dot(point, lit ? scene.landmarks[label].colour : dim, labelled ? 2.6 : 1.6);
      }
    }
    for (const point of focus ?? []) dot(point, scene.landmark(point)?.colour ?? `rgb(${rgb("#777777")})`, 4.5);
    if (found && found.centre >= 0) dot(found.centre, "#d9480f", 8);
  }

  /** Put the large map between two models. */
  scrub(place) {
    const from = this.models[Math.floor(place)];
    const to = this.models[Math.ceil(place)];
    if (!from.xy || !to.xy) return;
    this.app.moving = null;
    this.app.places.between(from.xy, to.xy, easeInOut(place % 1));
    this.app.adopt(this.models[Math.round(place)]);
    this.app.draw();
  }

  play() {
    if (this.models.length < 2) return;
    this.playing = true;
    this.button.textContent = "❚❚ Pause";
    let place = Number(this.slider.value) >= this.models.length - 1 ? 0 : Number(this.slider.value);
    let last = null;
    let rest = 0;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const frame = (now) => {
      if (!this.playing || this.element.hidden) return;
      const passed = last === null ? 0 : Math.min(100, now - last);
      last = now;
      if (rest > 0) rest -= passed;
      else {
        const next = Math.min(Math.floor(place + 1e-6) + 1, this.models.length - 1);
        place = still ? next : Math.min(next, place + passed / STEP);
        if (place === next) rest = still ? REST + STEP : REST;
        this.slider.value = place;
        this.scrub(place);
      }
      if (place >= this.models.length - 1) return this.pause();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    if (this.playing) this.app.tell();
    this.playing = false;
    this.button.textContent = "▶ Play";
  }

  follow(model) {
    if (!this.element.hidden && this.models && !this.playing) this.slider.value = this.models.indexOf(model);
  }
}
