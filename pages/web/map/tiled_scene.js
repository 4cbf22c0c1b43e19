import { fetchBytes, fetchJson } from "../files.js";
import { asked as byEngine, foundNear } from "./neighbours.js";
import { Scene } from "./scene.js";
import { Slots } from "./slots.js";
import { readTile, seenBy, Tree } from "./tiles.js";

const AT_ONCE = 4; // tiles that are fetched together
const PAUSE = 120; // milliseconds between two pictures while tiles arrive
export const MOST_SELECTED = 10_000; // photographs of a selection, and of one question for points

/**
 * A scene of more points than a browser holds: tiles of one model's map, as the view needs them, and the points that are looked at.
 *
 * `count` is the number of slots, and every array has an entry a slot; `total` is how many photographs there are.
 */
export class TiledScene extends Scene {
  constructor(address, description) {
    super(address, description);
    this.used = () => [];
    this.slots = new Slots(() => this.used());
    const { size, labels, ids, absent } = this.slots;
    Object.assign(this, { count: size, labels, ids, absent, limit: 0, onTheWay: new Set(), wanted: [], changed: () => {}, failed: () => {} });
  }

  /** The tree and the first tile of a model's map, and the points that the queries are cut from. */
  async prepare(model) {
    if (!model) return;
    await this.loadPlaces(model);
    this.used = () => this.queries.map((query) => query.point).filter((slot) => slot >= 0);
    const numbers = this.queries.map((query) => query.point);
    for (const query of this.queries) Object.assign(query, { point: -1, sets: noSets() });
    const slots = await this.hold(numbers);
    this.queries.forEach((query, k) => Object.assign(query, { point: slots[k] }));
  }

  /** Every slot that somebody looks at: what the app uses, and the points of the queries. */
  * inUse(app) {
    yield* this.queries.map((query) => query.point);
    yield* [app.hover, app.ring, app.compared?.centre ?? -1, ...app.trail, ...app.selection, ...(app.placed?.points ?? []), ...(app.placed?.near ?? [])];
    for (const set of Object.values(app.query?.sets ?? {})) yield* set;
    const { found, rankings } = this.current;
    for (const one of [found, ...Object.values(rankings ?? {})]) if (one) yield* [...one.list ?? one.points, ...one.near];
  }

  /** Show what is held in an app, and say to it when there is more. */
  watch(app) {
    this.used = () => [...this.inUse(app)].filter((slot) => slot >= 0);
    this.changed = () => app.tilesChanged();
    this.failed = (error) => app.notice.say(error.message, () => this.look(app.view, true));
  }

  /** Make a model's map the one whose tiles are held; nothing happens where another is asked for before all has come. */
  async loadPlaces(model) {
    if (this.current === model) return model;
    const { tiles } = await this.once(model.tiles.tree, () => fetchJson(model.tiles.tree));
    const tree = new Tree(tiles);
    const root = await this.tileRows(model, tree.tiles[0]);
    const numbers = () => [...new Set(this.used())].map((slot) => this.slots.points[slot]).filter((number) => number >= 0);
    const kept = numbers();
    const parts = await this.rowsOf(model, kept);
    if ((this.next ?? model) !== model) return model;
    if (this.current) Object.assign(this.current, { found: null, rankings: null, xy: null, overlap: null });
    this.current = model;
    this.slots.moveTo();
    for (const rows of parts) this.slots.addSingle(rows, new Set());
    Object.assign(model, { xy: this.slots.xy, overlap: this.slots.overlap });
    Object.assign(this, { tree, seen: null, wanted: [tree.tiles[0]], onTheWay: new Set() });
    this.slots.add(tree.tiles[0].name, root, new Set());
    const known = new Set(kept);
    const late = numbers().filter((number) => !known.has(number)); // chosen while the others were on their way
    if (late.length) this.fetchRows(late).then(() => this.refresh(), (error) => this.failed(error));
    return model;
  }

  /** What is near comes with every click, and a query's ranking when it is chosen. */
  async loadIds() {}
  async loadQueries() {}

  /** Fetch what a click on this point would show. */
  foresee(model, point, engine) {
    this.around(model, this.ofPoint(point, engine)).catch(() => {}); // a click asks again, and says what is wrong
  }

  /** How what is around a point is asked for. */
  ofPoint(point, engine) {
    return `point=${this.slots.points[point]}${byEngine(engine)}`;
  }

  /** What is around a point or a query; the last answer is kept, since a click follows what was foreseen. */
  around(model, asked) {
    const address = `${model.tiles.around}&${asked}`;
    if (this.foreseen?.address !== address) {
      const foreseen = (this.foreseen = { address, found: fetchJson(address) });
      foreseen.found.catch(() => { if (this.foreseen === foreseen) this.foreseen = null; });
    }
    return this.foreseen.found;
  }

  /** Fetch what a click on a point, or the choice of a query, shows. */
  async loadAround(model, { point, query }, engine) {
    const asked = query ? `query=${encodeURIComponent(query.id)}` : this.ofPoint(point, engine);
    this.asked = asked;
    const found = await this.around(model, asked);
    if (this.current !== model || this.asked !== asked) return; // of two clicks the later one counts, whichever is answered first
    this.slots.addSingle(found.rows, this.names());
    const slot = (number) => this.slots.slotOf.get(number);
    const [list, near] = [found.points.map(slot), found.near.map(slot)];
    if (query) model.rankings = { [query.id]: { points: list, similarities: found.similarities, ap: found.ap, near } };
    else model.found = { ...foundNear(slot(found.point), list, found, engine), near };
    if (query) await this.loadTruth(query);
    this.refresh();
  }

  /** The ground truth of the query that is chosen; of another it is let go with its points. */
  async loadTruth(query) {
    if (this.judged && this.judged !== query) this.judged.sets = noSets();
    this.judged = query;
    const words = Object.keys(noSets());
    await this.hold(words.flatMap((word) => query[word]));
    if (this.judged !== query) return;
    query.sets = Object.fromEntries(words.map((word) => [word, new Set(query[word].map((number) => this.slots.slotOf.get(number)))]));
  }

  /** A new picture, its neighbours and what is near it on the map by their slots. */
  async holdPlaced(placed) {
    const slots = await this.hold([...placed.points, ...placed.near]);
    return { ...placed, points: slots.slice(0, placed.points.length), near: slots.slice(placed.points.length) };
  }

  /** The points of a lasso, [[x, y], …]: { count, slots }, and null in place of slots where they are too many. */
  async inside(outline, unlabelled) {
    const { current } = this;
    const { count, rows } = await this.post(current.tiles.inside, { outline, unlabelled });
    if (!rows) return { count, slots: null };
    return { count, slots: this.current === current ? this.slots.addSingle(rows, this.names()) : await this.hold(rows.points) };
  }

  /** The slots of points by their numbers; what is not held is fetched. */
  async hold(numbers) {
    await this.fetchRows(numbers.filter((number) => !this.slots.slotOf.has(number)));
    return numbers.map((number) => this.slots.slotOf.get(number));
  }

  /** Fetch points by their numbers; again where another map is shown by the time they come, in which they lie elsewhere. */
  async fetchRows(numbers) {
    const { current } = this;
    const parts = await this.rowsOf(current, numbers);
    if (this.current !== current) return this.fetchRows(numbers);
    for (const rows of parts) this.slots.addSingle(rows, this.names());
  }

  /** PointRows of any number of points under a model, as many as the app gives at once in each. */
  async rowsOf(model, numbers) {
    const parts = [];
    for (let start = 0; start < numbers.length; start += MOST_SELECTED) {
      parts.push(await this.post(model.tiles.rows, { points: numbers.slice(start, start + MOST_SELECTED) }));
    }
    return parts;
  }

  /** The slots of photographs by their ids; what the map does not have is left out. */
  async find(ids) {
    const lacking = ids.filter((id) => !this.slots.byId.has(id));
    if (lacking.length) {
      const { current } = this;
      const rows = await this.post(current.tiles.rows, { ids: lacking });
      if (this.current !== current) return this.find(ids);
      this.slots.addSingle(rows, this.names());
    }
    return ids.map((id) => this.slots.byId.get(id)).filter((slot) => slot !== undefined);
  }

  post(address, what) {
    return fetchJson(address, { method: "POST", body: JSON.stringify(what) });
  }

  /** Fetch what a view needs; the same view again needs nothing. */
  look(view, again = false) {
    const seen = JSON.stringify([seenBy(view), this.current.key]);
    if (seen === this.seen && !again) return;
    this.seen = seen;
    const { wanted, limit } = this.tree.plan(seenBy(view));
    Object.assign(this, { wanted, limit });
    this.slots.touch(wanted.map((tile) => tile.name));
    this.fetchNext();
    this.refresh();
  }

  names() {
    return new Set(this.wanted.map((tile) => tile.name));
  }

  /** How many tiles of the view are not here yet. */
  get missing() {
    return this.wanted.filter((tile) => !this.slots.tiles.has(tile.name)).length;
  }

  fetchNext() {
    for (const tile of this.wanted) {
      if (this.onTheWay.size >= AT_ONCE) return;
      if (!this.slots.tiles.has(tile.name) && !this.onTheWay.has(tile.name)) this.fetchTile(tile);
    }
  }

  async fetchTile(tile) {
    const { current, onTheWay } = this;
    onTheWay.add(tile.name);
    try {
      const rows = await this.tileRows(current, tile);
      if (this.current === current) this.slots.add(tile.name, rows, this.names());
      onTheWay.delete(tile.name);
      if (this.current === current) this.fetchNext();
      this.refresh();
    } catch (error) {
      onTheWay.delete(tile.name);
      this.failed(error);
    }
  }

  /** Tell the app soon that there is more to draw, or less. */
  refresh() {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      this.slots.show(this.limit);
      this.changed();
    }, PAUSE);
  }

  async tileRows(model, { name, count }) {
    return readTile(await fetchBytes(`${model.tiles.tile}&tile=${name}`), count);
  }

  /** What is said of how much of the map is drawn. */
  told(shown) {
    const [of, pivots] = [this.total.toLocaleString("en"), this.current.pivots];
    const rest = this.limit < Infinity ? `Showing ${shown.toLocaleString("en")} of ${of}, the same share everywhere: zoom in for the rest.`
      : `All photographs of this view are shown, ${shown.toLocaleString("en")} of ${of}.`;
    const laidOut = pivots ? ` ${pivots.toLocaleString("en")} of ${of} laid out, the rest placed by their nearest.` : "";
    return `${this.missing ? "More is on its way. " : ""}${rest}${laidOut}`;
  }
}

const noSets = () => ({ good: new Set(), ok: new Set(), junk: new Set() });

/** What is said where more photographs are chosen than can be. */
export const tooMany = (count, how) =>
  `${count.toLocaleString("en")} photographs ${how}, and a selection of so large a map holds at most ${MOST_SELECTED.toLocaleString("en")}. Choose fewer.`;
