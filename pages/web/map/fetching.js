import { fetchJson } from "../files.js";
import { Coloured } from "./colours.js";
import { EXACT, fetchNeighbours } from "./neighbours.js";
import { MOST_SELECTED, tooMany } from "./tiled_scene.js";

const FORESEEN = 12; // photographs fetched for a point before it is clicked

/** What the map fetches while one looks: what it needs now, and what the next click is likely to need. */
export class Fetching extends Coloured {
  /** Whether a search engine is chosen that is asked for the neighbours of a point, also where they are listed. */
  get searched() {
    return this.engine !== EXACT;
  }

  /** Fetch the photographs that a click on this point would show: who rests on a point is likely to click it. */
  foresee(point) {
    const { model, scene } = this;
    if (scene.tiled) return scene.foresee(model, point, this.engine);
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
      if (scene.tiled) return scene.loadAround(model, this.selection.length ? { point: this.selection[0] } : { query: this.query }, this.engine);
      await Promise.all([scene.loadIds(), scene.loadNeighbours(model), scene.loadQueries(model)]);
      if (this.selection.length === 1) await fetchNeighbours(this, model, this.selection[0], fetchJson);
    }, () => this.model === model && this.scene === scene && this.choose(false));
  }

  /** Select what lies inside a line around places of the map, which the app knows all of; with `more` beside what is selected. */
  async selectInside(outline, more, how) {
    const { scene } = this;
    await this.notice.guard(async () => {
      const { count, slots } = await scene.inside(outline, this.unlabelled > 0);
      if (this.scene !== scene) return;
      const chosen = slots && (more ? [...new Set([...this.selection, ...slots])] : slots);
      if (!chosen || chosen.length > MOST_SELECTED) this.notice.say(tooMany(chosen?.length ?? count, "lie inside"));
      else this.select(chosen, false, how);
    });
  }
}
