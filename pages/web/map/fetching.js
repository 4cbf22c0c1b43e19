import { fetchJson } from "../files.js";
import { Coloured } from "./colours.js";
import { fetchNeighbours } from "./neighbours.js";

const FORESEEN = 12; // photographs fetched for a point before it is clicked

/** What the map fetches while one looks: what it needs now, and what the next click is likely to need. */
export class Fetching extends Coloured {
  /** Fetch the photographs that a click on this point would show: who rests on a point is likely to click it. */
  foresee(point) {
    const { model } = this;
    if (!model.lists) return;
    const row = model.lists.subarray(point * model.width, point * model.width + Math.min(this.k, FORESEEN));
    for (const address of [point, ...row].map((one) => this.scene.photograph(one))) if (address) new Image().src = address;
  }

  /** Fetch which photographs are central under the model: faces and cards follow. */
  async fetchCentral() {
    const { model, scene } = this;
    if (model.ranks || !model.central) return;
    await this.notice.guard(() => scene.loadCentral(model));
    if (this.model !== model || this.scene !== scene || !model.ranks) return;
    this.regions = null;
    this.draw();
    if (this.landmarks.shown) this.panel.draw();
  }

  async fetchMissing() {
    const { model, scene } = this;
    await this.notice.guard(async () => {
      await Promise.all([scene.loadIds(), scene.loadNeighbours(model), scene.loadQueries(model)]);
      if (this.selection.length === 1) await fetchNeighbours(this, model, this.selection[0], fetchJson);
    });
    if (this.model === model && this.scene === scene) this.choose(false);
  }
}
