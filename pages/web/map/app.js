import { Card } from "./card.js";
import { SQUARE as FACE } from "./faces.js";
import { Fetching } from "./fetching.js";
import { Film } from "./film.js";
import { Gallery } from "./gallery.js";
import { takeGraphics } from "./graphics.js";
import { Hidden } from "./hidden.js";
import { listenToKeys } from "./keyboard.js";
import { Landmarks } from "./landmarks.js";
import { Legend } from "./legend.js";
import { Measures } from "./measures.js";
import { chosenList, compareNeighbours, EXACT } from "./neighbours.js";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { Places } from "./places.js";
import { Pointer } from "./pointer.js";
import { Points } from "./points.js";
import { Squares } from "./squares.js";
import { NO_WEBGL, StillPoints } from "./still.js";
import { SQUARE as THUMBNAIL } from "./thumbnails.js";
import { Toolbar } from "./toolbar.js";
import { View } from "./view.js";

const REST = 120; // milliseconds after which the points of a new view are counted and chosen again, and the regions of many
const MOST_COUNTED = 60_000; // points whose regions are counted anew while the map moves; those of more when it rests

/** The map: what is chosen on it, and how that becomes a picture. */
export class MapApp extends Fetching {
  constructor(root, tell, ask) {
    super();
    this.root = root;
    this.tell = tell;
    this.ask = ask;
    Object.assign(this, {
      tool: "pan", hover: -1, ring: -1, selection: [], trail: [], isolated: new Set(), query: null, placed: null,
      unlabelled: 0.45, colour: "landmark", thumbnails: true, names: true, film: false, k: 12, changed: { points: true },
      colouring: null, only: "", brush: { similarity: null, hubness: null }, mask: null, named: [], faced: [], bins: "", how: "selection",
      engine: EXACT,
    });
    this.hides = new Hidden(this);
    this.view = new View();
    this.faces = new Squares(FACE.side, FACE.kept, () => this.draw(false));
    this.squares = new Squares(THUMBNAIL.side, THUMBNAIL.kept, () => this.draw(false));
    this.landmarks = new Landmarks(this);
    this.stage = root.querySelector(".stage");
    this.canvases = [...this.stage.querySelectorAll("canvas")];
    this.surface = this.canvases[1];
    this.notice = new Notice(root.querySelector(".wrong"));
    this.points = this.openPoints();
    this.gallery = new Gallery(this, root.querySelector(".cards"));
    this.panel = new Panel(this, root);
    this.measures = new Measures(this, root);
    this.legend = new Legend(this, root.querySelector(".legend"));
    this.card = new Card(this, root.querySelector(".hovered"));
    this.strip = new Film(this, root.querySelector(".film"));
    this.toolbar = new Toolbar(this, root);
    this.pointer = new Pointer(this, this.surface);
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(this.stage);
    this.forgetKeys = listenToKeys(this);
  }

  /** The graphics card, or the still picture of a browser that has no WebGL 2. */
  openPoints() {
    const graphics = takeGraphics(this.canvases[0], () => this.cardIsBack());
    this.still = !graphics;
    if (this.still) this.notice.say(NO_WEBGL, null, true);
    else this.canvases[0] = graphics.canvas;
    return this.still ? new StillPoints(this.canvases[0]) : new Points(graphics);
  }

  cardIsBack() {
    this.points.begin();
    this.repaint();
  }

  end() {
    this.ended = true;
    this.points.end();
    this.goal = null;
    this.resizer.disconnect();
    this.forgetKeys();
    this.toolbar.end();
    this.strip.pause();
  }

  /** Begin to show a scene; from the points of the one before, if they are the same. */
  begin(scene, key) {
    const before = this.scene;
    this.scene = scene;
    this.model = scene.model(key) ?? scene.models.find((model) => model.places);
    const same = !scene.tiled && !before?.tiled && before?.dataset === scene.dataset && before.count === scene.count;
    if (!same) this.trail = [];
    this.view.extent = scene.extent;
    scene.watch?.(this);
    if (same) this.move(this.places.now(), this.model.xy);
    else this.places = new Places(this.model.xy);
    for (const part of this.root.querySelectorAll("[inert]")) part.inert = false;
    this.readTheme();
  }

  /** A hand has moved the map; it takes it from where it is on its way. */
  viewChanged() {
    this.goal = null;
    this.viewMoved();
    this.tell("rested");
  }

  viewMoved() {
    this.hoverPoint(-1);
    this.onTheWay = this.scene.count > MOST_COUNTED;
    this.draw();
    clearTimeout(this.resting);
    if (this.onTheWay) this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    this.onTheWay = false;
    this.draw();
  }

  hoverPoint(point) {
    if (point === this.hover) return;
    this.hover = point;
    this.card.ask(point);
    this.draw(false);
  }

  ringPoint(point) {
    this.ring = point;
    this.draw(false);
  }

  /** Select points; one of them shows its neighbours. */
  select(points, back = false, how = "points") {
    this.how = how;
    if (!back && this.selection.length === 1 && this.selection[0] !== points[0]) this.trail.push(this.selection[0]);
    this.selection = points;
    this.placed = null;
    this.choose();
    this.tell("shown");
  }

  back() {
    this.select([this.trail.pop()], true);
  }

  escape() {
    if (this.landmarks.shown && this.landmarks.current >= 0) return this.landmarks.leave();
    [this.selection, this.query, this.placed, this.trail] = [[], null, null, []];
    this.pointer.forget();
    this.choose();
    this.tell();
  }

  setQuery(query) {
    [this.selection, this.query, this.placed] = [[], query, null];
    const [left, top] = this.view.toScreen(this.places.x(query.point), this.places.y(query.point));
    if (left < 0 || top < 0 || left > this.view.width || top > this.view.height) {
      [this.view.x, this.view.y] = [this.places.x(query.point), this.places.y(query.point)];
    }
    this.choose();
    this.tell();
  }

  /** Ask why a photograph is similar to what its neighbours are shown of. */
  askWhy(id) {
    const chosen = this.selection.length === 1 ? this.scene.ids[this.selection[0]] : "";
    const query = this.placed || chosen ? "" : this.query.id;
    this.ask("why", { match: id, photo: chosen, query, model: this.model.key });
  }

  stepQuery(by) {
    const { queries } = this.scene;
    if (!queries.length) return;
    const place = queries.indexOf(this.query);
    this.setQuery(queries[place < 0 ? (by > 0 ? 0 : queries.length - 1) : (place + by + queries.length) % queries.length]);
  }

  /** Where the chosen point is: [x, y], or null. */
  centrePlace() {
    if (this.placed) return this.placed.place;
    const centre = this.compared?.centre ?? -1;
    return centre < 0 ? null : [this.places.x(centre), this.places.y(centre)];
  }

  /** Bring everything in line with what is chosen: neighbours, colours, panel, small maps. */
  choose(mayFetch = true) {
    const found = chosenList(this, this.model);
    this.compared = found && compareNeighbours(new Places(this.model.xy), found, this.k);
    if (found) this.focus = new Set([found.centre, ...this.compared.points, ...this.compared.lookNear]);
    else this.focus = this.selection.length ? new Set(this.selection) : null;
    if (found && this.query && !this.selection.length && !this.hides.has("verdicts")) for (const set of Object.values(this.query.sets)) set.forEach((point) => this.focus.add(point));
    this.repaint();
    this.panel.draw();
    this.strip.draw();
    this.measures.ask();
    this.recolour();
    this.fetchCentral();
    if (!found && mayFetch && (this.selection.length === 1 || this.query)) this.fetchMissing();
  }

  /** Show another model: the points move from where they are. A model without a map is asked of the page. */
  async setModel(key) {
    const model = this.scene.model(key);
    if (!model) return this.tell("", { model: key });
    this.scene.next = model;
    if (model === this.model) return;
    await this.notice.guard(async () => {
      await this.scene.loadPlaces(model);
      if (this.scene.next !== model) return;
      this.move(this.places.now(), model.xy);
      this.adopt(model);
      this.strip.follow(model);
      this.tell();
    });
  }

  /** Another model's neighbours, ranking and words, wherever the points are. */
  adopt(model) {
    if (model === this.model) return;
    this.model = model;
    this.sayCaption();
    this.legend.draw();
    this.choose();
  }

  sayCaption() {
    const { model } = this;
    this.root.querySelector(".caption").textContent = this.hides.has("models") ? `${this.hides.model(model)}.` : model.caption;
  }

  /** Another card hides other things, or what was hidden is shown. */
  unveil() {
    this.sayCaption();
    this.legend.draw();
    this.choose();
    this.toolbar.draw();
    if (this.film) this.strip.open(true);
  }

  async openFilm(shown) {
    if (this.scene.tiled) return this.notice.say(this.scene.tiled.off);
    this.film = shown;
    this.toolbar.draw();
    await this.notice.guard(() => this.strip.open(shown));
    this.tell();
  }
}
