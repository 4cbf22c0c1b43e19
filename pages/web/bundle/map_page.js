import { show } from "../map/main.js";
import { element } from "../ranking/text.js";
import { segments } from "./controls.js";
import { Mounted } from "./mounted.js";
import { listed, unlisted } from "./state.js";

const SHARED = ["model", "query", "k", "view", "landmarks", "unlabelled", "colour", "thumbnails", "names", "film", "only", "brush"];

/** The map of the app, with the projections of which the bundle has maps. */
export class MapPage {
  static has(held) {
    return Object.keys(held.content.scenes).length > 0;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { held, state, frame });
    const choices = Object.entries(held.content.projections);
    this.projections = segments("Projection", choices, (projection) => {
      state.put({ projection, view: "" });
      this.update();
    });
    this.component = new Mounted(held, "map", show, (name, value) => name === "state" && this.take(value));
    if (choices.length > 1) root.append(element("div", "row", "", this.projections.field));
    root.append(this.component.host);
  }

  update() {
    const { state } = this;
    const { scenes } = this.held.content;
    const projection = state.get("projection") in scenes ? state.get("projection") : Object.keys(scenes)[0];
    this.projections.set(projection);
    const shared = Object.fromEntries(SHARED.map((name) => [name, state.get(name)]));
    if (!scenes[projection].models.some((model) => model.key === shared.model && model.places)) {
      shared.model = scenes[projection].models.find((model) => model.places).key;
    }
    const { dataset, run } = this.held.about;
    const maps = `run=${run}&method=${projection}&subset=all&settings=&seed=0`; // as a card of a lesson names them, see MapTarget
    this.component.tell({ scene: `files/scene/${dataset}?${maps}&v=1`, placed: null, bins: "", engine: "exact", hidden: this.frame.veil.told,
      shared: { ...shared, selection: unlisted(state.get("selection")), placed: "" } });
  }

  /** Keep what was changed on the map. */
  take({ selection, ...heard }) {
    const changes = Object.fromEntries(SHARED.map((name) => [name, heard[name]]));
    this.state.put({ ...changes, selection: listed(selection) });
    this.frame.tell();
  }

  end() {
    this.component.end();
  }
}
