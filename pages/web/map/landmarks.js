import { UNLABELLED } from "./appearance.js";
import { flyTo, viewOf } from "./flight.js";

/** Of each landmark its number of photographs and the most central of them, by ranks; without ranks the first: [{ label, count, point }]. */
export function facesOf({ labels, landmarks }, ranks) {
  const found = landmarks.map((_, label) => ({ label, count: 0, point: -1 }));
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === UNLABELLED) continue;
    const one = found[labels[i]];
    one.count++;
    if (one.point < 0 || (ranks && ranks[i] > ranks[one.point])) one.point = i;
  }
  return found.filter((one) => one.count);
}

/** A walk from landmark to landmark: which of them are cards, which one is looked at, and the way to the next. */
export class Landmarks {
  constructor(app) {
    this.app = app;
  }

  /** Whether the cards are there: nothing else is chosen, and there are landmarks. */
  get shown() {
    const { app } = this;
    return !app.scene.tiled && app.scene.landmarks.length > 0 && !app.selection.length && !app.query && !app.placed;
  }

  /** The number of the landmark that is looked at alone; -1 for none. */
  get current() {
    const [label] = this.app.isolated;
    return this.app.isolated.size === 1 && label !== UNLABELLED ? label : -1;
  }

  get faces() {
    const { scene, model } = this.app;
    const made = this.made;
    if (made?.scene !== scene || made.ranks !== model.ranks) this.made = { scene, ranks: model.ranks, faces: facesOf(scene, model.ranks) };
    return this.made.faces;
  }

  /** How many photographs a landmark has, and how much of what lies nearest to them is of it. */
  told({ label, count }) {
    const share = this.app.model.together[label];
    return share == null ? count.toLocaleString("en") : `${count.toLocaleString("en")} · ${Math.round(100 * share)} %`;
  }

  cards() {
    const { current } = this;
    return this.faces.map((one) => ({ point: one.point, told: this.told(one), pressed: one.label === current,
      act: () => (one.label === this.current ? this.leave() : this.visit(one.label)) }));
  }

  /** Show one landmark in colour, and fly to it. */
  visit(label) {
    const { app } = this;
    app.isolated.clear();
    app.isolated.add(label);
    app.isolate();
    app.gallery.reveal(this.faces.findIndex((one) => one.label === label));
    const points = [];
    for (let i = 0; i < app.scene.count; i++) if (app.scene.labels[i] === label) points.push([app.places.to[2 * i], app.places.to[2 * i + 1]]);
    this.go(viewOf(points, app.view));
  }

  /** On to the next landmark, or back to the one before; from the last to the first. */
  step(by) {
    if (!this.shown) return;
    const place = this.faces.findIndex((one) => one.label === this.current);
    const next = place < 0 ? (by > 0 ? 0 : this.faces.length - 1) : (place + by + this.faces.length) % this.faces.length;
    this.visit(this.faces[next].label);
  }

  /** All landmarks in colour again, and the whole map. */
  leave() {
    this.app.isolated.clear();
    this.app.isolate();
    this.go({ x: 0, y: 0, zoom: 1 });
  }

  go(view) {
    flyTo(this.app, view);
    this.app.tell();
  }
}
