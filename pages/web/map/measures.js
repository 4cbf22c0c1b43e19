import { fetchJson } from "../files.js";
import { colouringAddress, writtenBrush } from "./colouring.js";
import { Histogram } from "./histogram.js";

const NAMED = 3; // landmarks that are named in the statistics

/** What is said of the chosen photographs below their heading: statistics, the form that keeps them, the histograms, the filter. */
export class Measures {
  constructor(app, root) {
    this.app = app;
    this.element = root.querySelector(".measures");
    this.line = root.querySelector(".statistics");
    this.filter = root.querySelector(".filter");
    this.form = root.querySelector(".keep");
    const choose = (name) => (range) => {
      app.brush = { ...app.brush, [name]: range };
      app.filtered();
    };
    this.similarity = new Histogram(this.element, "Similarity to what is chosen", choose("similarity"));
    this.hubness = new Histogram(this.element, "Hubness", choose("hubness"));
    this.form.onsubmit = (event) => {
      event.preventDefault();
      const name = this.form.elements.bin.value.trim();
      if (name) app.keep(name);
    };
  }

  /** Ask for what depends on what is chosen: similarities to it, the mean within it, and the hubness under the model. */
  async ask() {
    const { app } = this;
    const { model, scene, query, placed } = app;
    if (scene.tiled) return this.draw(); // what it asks for has an entry for every photograph
    const selection = placed ? [] : app.selection;
    const key = JSON.stringify([model.selection, placed ? null : selection.length ? selection : query?.id ?? null]);
    const hubs = colouringAddress(app, "hubness");
    if (key !== this.key) {
      this.key = key;
      [app.similarities, app.within] = [null, null];
      if (selection.length || (query && !placed)) this.load(key, scene, model, selection, query);
    }
    if (hubs !== this.hubs) {
      this.hubs = hubs;
      // A set that is too large for neighbour lists has no hubness: then there is no histogram of it.
      app.hubness = await scene.loadValues(hubs).catch(() => null);
      if (this.hubs === hubs) app.filtered(false);
    }
    this.draw();
  }

  async load(key, scene, model, selection, query) {
    await this.app.notice.guard(async () => {
      const address = selection.length ? model.selection : `${model.selection}&query=${encodeURIComponent(query.id)}`;
      const found = await fetchJson(address, { method: "POST", body: Uint32Array.from(selection) });
      if (this.key !== key) return;
      [this.app.similarities, this.app.within] = [found.similarities, found.within];
      this.app.filtered(false);
    });
  }

  draw() {
    const { app } = this;
    this.line.textContent = app.selection.length && !app.placed ? statistics(app) : "";
    this.form.hidden = !app.selection.length || Boolean(app.placed);
    this.similarity.show(app.similarities, app.brush.similarity);
    this.hubness.show(app.hubness?.values, app.brush.hubness, { title: `Hubness (k ${app.k})` });
    this.drawFilter();
  }

  drawFilter() {
    const { app, filter } = this;
    filter.replaceChildren();
    if (!app.mask) return;
    const points = [...app.mask.keys()].filter((i) => app.mask[i]);
    filter.append(`${points.length.toLocaleString("en")} of ${app.scene.total.toLocaleString("en")} pass the filter `);
    const button = (text, act) => Object.assign(filter.appendChild(document.createElement("button")), { textContent: text, onclick: act });
    if (points.length) button("Select them", () => {
      const how = `filter ${[app.only && `${app.colour} ${app.only}`, writtenBrush(app.brush)].filter(Boolean).join(" and ")}`;
      app.clearFilter();
      app.filtered(false);
      app.legend.draw();
      app.select(points, false, how);
    });
    button("Clear the filter", () => {
      app.clearFilter();
      app.filtered();
      app.legend.draw();
    });
  }
}

/** The count of a selection, its landmarks, how similar its photographs are, and how often they are neighbours of others. */
export function statistics({ selection, within, hubness, hides }) {
  const counts = new Map();
  for (const point of selection) {
    const name = hides.landmarkOf(point, null);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort((one, other) => other[1] - one[1]);
  const labelled = sorted.reduce((sum, [, count]) => sum + count, 0);
  const named = sorted.slice(0, NAMED).map(([name, count]) => `${name} ${count}`);
  if (sorted.length > NAMED) named.push(`${sorted.length - NAMED} more landmarks`);
  const parts = [
    `${selection.length.toLocaleString("en")} ${selection.length === 1 ? "photograph" : "photographs"}: ${labelled} labelled, ${selection.length - labelled} unlabelled`,
    ...(named.length ? [named.join(", ")] : []),
  ];
  if (within !== null && within !== undefined) parts.push(`mean similarity within ${within.toFixed(3)}`);
  if (hubness) {
    const known = selection.map((point) => hubness.values[point]).filter((value) => value !== null);
    if (known.length) parts.push(`mean hubness ${(known.reduce((sum, value) => sum + value, 0) / known.length).toFixed(1)}`);
  }
  return `${parts.join("; ")}.`;
}
