import { MapApp } from "./app.js";
import { UNLABELLED } from "./appearance.js";
import { read, readBrush, writtenBrush, written } from "./colouring.js";
import { openScene } from "./open_scene.js";
import { MOST_SELECTED, tooMany } from "./tiled_scene.js";

const COLOURS_OF_TILES = ["landmark", "overlap"]; // those that a point brings with it
// Milliseconds before the page is told of a change: its answer must not delay the lines and the gallery of a click, and a
// view is told when it has come to rest.
const DELAYS = { "": 0, shown: 80, rested: 500 };

/** What the unlabelled are called in that list: no landmark is called so. */
function nobody(landmarks) {
  let name = "unlabelled";
  while (landmarks.some((landmark) => landmark.name === name)) name = `(${name})`;
  return name;
}

/** The link between the map and the page around it: what both know. */
class Link {
  constructor(root) {
    this.said = {}; // what the page said last; it says the same again after every change that was made here
    this.app = new MapApp(root, (when, changes) => this.tell(when, changes), (name, event) => this.setTrigger(name, event));
  }

  /** What the page keeps in the link of the page. */
  shared() {
    const { app } = this;
    const name = (label) => written(label === UNLABELLED ? nobody(app.scene.landmarks) : app.scene.landmarks[label].name);
    return {
      model: app.model.key, query: app.query?.id ?? "", k: String(app.k), view: (app.goal ?? app.view).text,
      landmarks: [...app.isolated].map(name).join(","), unlabelled: String(app.unlabelled), colour: app.colour,
      thumbnails: app.thumbnails ? "on" : "off", names: app.names ? "on" : "off", film: app.film ? "open" : "", only: app.only, brush: writtenBrush(app.brush),
      selection: app.scene.ids ? app.selection.map((point) => app.scene.ids[point]) : [], placed: app.placed?.key ?? "",
    };
  }

  /** Tell the page what has changed here, when it is time. */
  tell(when = "", changes = {}) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      const { scene, notice } = this.app;
      if (scene.ids) this.say(changes); // nothing is fetched, so nothing has gone right that would end what is said of a fault
      else notice.guard(() => scene.loadIds(), () => this.say(changes));
    }, DELAYS[when]);
  }

  say(changes) {
    const shared = { ...this.shared(), ...changes };
    if (JSON.stringify(shared) === this.told) return;
    this.told = JSON.stringify(shared);
    this.setState("state", shared);
  }

  /** Take over what the page says anew; what it only repeats may have been changed here since. */
  async hear({ scene, shared, placed, bins, engine, hidden }) {
    const { app } = this;
    const asksAnew = app.engine !== engine;
    app.engine = engine;
    const unveiled = JSON.stringify(hidden) !== this.veiled;
    this.veiled = JSON.stringify(hidden);
    app.hides.take(hidden);
    const anew = Object.fromEntries(differ(shared, this.said).map((name) => [name, shared[name]]));
    this.said = this.latest = shared;
    const kept = app.bins !== bins;
    app.bins = bins;
    this.placed = placed; // a new picture's place and neighbours under the page's model; `shared` names it by its key
    if (scene !== this.address) {
      this.address = scene;
      await app.notice.guard(async () => {
        const opened = await openScene(scene, shared.model);
        if (this.address !== scene || app.ended) return;
        app.begin(opened, this.latest.model);
        await this.adopt(this.latest, true);
      });
    } else if (app.scene && differ(anew, this.shared()).length) {
      await app.notice.guard(() => this.adopt({ ...this.shared(), ...anew }, false));
    } else if (app.scene && kept) {
      app.recolour();
    }
    if (unveiled && app.scene?.ids) app.unveil();
    else if (asksAnew && app.scene?.ids) app.choose();
  }

  /** Go to another card of a lesson at once, where it shows the same maps; the page says the same when it has followed. */
  async goTo({ maps, shared, hidden }) {
    const { app } = this;
    clearTimeout(this.timer);
    if (!app.scene?.ids || !this.address.includes(`?${maps}&`)) return;
    app.hides.take(hidden);
    app.unveil();
    await app.notice.guard(() => this.adopt({ ...this.shared(), ...shared }, false));
  }

  async adopt(shared, fresh) {
    const { app } = this;
    const numbers = new Map(app.scene.landmarks.map((landmark, number) => [landmark.name, number]));
    numbers.set(nobody(app.scene.landmarks), UNLABELLED);
    app.k = Number(shared.k);
    if (fresh) app.view.text = shared.view;
    else app.lookAt(shared.view);
    app.isolated = new Set(shared.landmarks.split(",").map(read).filter((name) => numbers.has(name)).map((name) => numbers.get(name)));
    app.unlabelled = Math.min(1, Math.max(0, Number(shared.unlabelled) || 0));
    const { tiled } = app.scene;
    const others = tiled && !COLOURS_OF_TILES.includes(shared.colour);
    [app.colour, app.only, app.brush] = others ? ["landmark", "", {}] : [shared.colour, shared.only, readBrush(tiled ? "" : shared.brush)];
    if (tiled && (others || shared.brush || shared.film)) app.notice.say(tiled.off);
    [app.thumbnails, app.names] = [shared.thumbnails !== "off", shared.names !== "off"];
    app.query = app.scene.queries.find((query) => query.id === shared.query) ?? null;
    app.legend.draw();
    if (fresh) {
      app.resize();
      app.repaint();
      app.drawNow();
      app.stage.dataset.scene = this.address;
    }
    app.sayCaption();
    const many = tiled && shared.selection.length > MOST_SELECTED;
    if (many) app.notice.say(tooMany(shared.selection.length, "are selected"));
    app.selection = await app.scene.find(many ? [] : shared.selection);
    app.placed = shared.placed && this.placed?.key === shared.placed ? await app.scene.holdPlaced(this.placed) : null;
    app.choose();
    if (!fresh && app.scene.model(shared.model)) await app.setModel(shared.model);
    this.told = JSON.stringify(this.shared()); // the page has said it
    const film = shared.film === "open" && !tiled;
    if (film !== app.film || (fresh && film)) {
      app.film = film;
      await app.strip.open(film);
    }
    app.toolbar.draw();
    await Promise.all([app.scene.loadNeighbours(app.model), app.scene.loadQueries(app.model)]);
  }
}

const differ = (one, other) => Object.keys(one).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
const links = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data, setStateValue, setTriggerValue }) {
  let link = links.get(parentElement);
  if (!link) {
    link = new Link(parentElement);
    link.onCard = (event) => link.goTo(event.detail);
    window.addEventListener("lesson-map", link.onCard);
    links.set(parentElement, link);
  }
  Object.assign(link, { setState: setStateValue, setTrigger: setTriggerValue });
  link.hear(data);
  return () => {
    clearTimeout(link.timer); // what was not told yet must not become the state of the page that follows
    window.removeEventListener("lesson-map", link.onCard);
    link.app.end();
    links.delete(parentElement);
  };
}
