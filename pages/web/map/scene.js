import { fetchBytes, fetchJson, pictureAt } from "../files.js";
import { extent } from "./colouring.js";

/** What the app serves of a scene, fetched when it is needed and kept. */
export class Scene {
  constructor(address, description) {
    Object.assign(this, description);
    this.address = address;
    this.total = this.count;
    this.promises = new Map();
    this.ids = null;
    this.next = null; // the model that was asked for last: of several on their way it is the one to show
  }

  /** Landmark numbers, the first model's places and the ground truth: what the first picture needs. */
  async prepare(model) {
    const [labels] = await Promise.all([fetchBytes(this.files.labels), model?.places ? this.loadPlaces(model) : null]);
    this.labels = new Uint16Array(labels);
    for (const query of this.queries) {
      query.sets = Object.fromEntries(["good", "ok", "junk"].map((word) => [word, new Set(query[word])]));
    }
  }

  model(key) {
    return this.models.find((model) => model.key === key && model.places);
  }

  once(key, load) {
    if (!this.promises.has(key)) this.promises.set(key, load().catch((error) => { this.promises.delete(key); throw error; }));
    return this.promises.get(key);
  }

  /** Places and overlaps of a model: model.xy and model.overlap. */
  loadPlaces(model) {
    return this.once(model.places, async () => {
      const bytes = await fetchBytes(model.places);
      model.xy = new Float32Array(bytes, 0, 2 * this.count);
      model.overlap = new Float32Array(bytes, 8 * this.count, this.count);
      return model;
    });
  }

  /** Neighbour lists of a model: model.lists and model.similarities, `model.width` a point. */
  loadNeighbours(model) {
    if (!model.neighbours) return Promise.resolve(model);
    return this.once(model.neighbours, async () => {
      const bytes = await fetchBytes(model.neighbours);
      model.lists = new Int32Array(bytes, 0, this.count * model.width);
      model.similarities = new Float32Array(bytes, 4 * this.count * model.width);
      return model;
    });
  }

  /** How central each photograph of its landmark, or of the unlabelled, is under a model: model.ranks. */
  loadCentral(model) {
    if (!model.central) return Promise.resolve(model);
    return this.once(model.central, async () => Object.assign(model, { ranks: new Float32Array(await fetchBytes(model.central)) }));
  }

  loadQueries(model) {
    return this.once(model.queries, async () => Object.assign(model, { rankings: await fetchJson(model.queries) }));
  }

  /** A colouring's values and the ends of their range, from the address that colouringAddress gives. */
  loadValues(address) {
    return this.once(address, async () => {
      const found = await fetchJson(address);
      return { ...found, ends: extent(found.values) };
    });
  }

  loadIds() {
    return this.once("ids", async () => {
      this.ids = await fetchJson(this.files.ids);
      this.places = new Map(this.ids.map((id, point) => [id, point]));
    });
  }

  /** The points of photographs by their ids; what the map does not have is left out. */
  async find(ids) {
    await this.loadIds();
    return ids.map((id) => this.places.get(id)).filter((point) => point !== undefined);
  }

  /** A new picture on the map, with its neighbours. */
  holdPlaced(placed) {
    return placed;
  }

  /** Where the photograph of a point is to be had; "" where there is none. */
  photograph(point) {
    return pictureAt(`${this.files.photograph}${this.ids[point].split("/").map(encodeURIComponent).join("/")}?v=${this.files.version}`);
  }

  landmark(point) {
    return this.landmarks[this.labels[point]] ?? null;
  }

  /** The cell of a point on the sheets of thumbnails: sheet, left and top; null where there are none. */
  cell(point) {
    const { cell, columns, files, cells } = this.sheets;
    const number = cells ? cells[point] : point;
    const sheet = Math.floor(number / (columns * columns));
    if (sheet >= files.length) return null;
    const place = number % (columns * columns);
    return { sheet, left: (place % columns) * cell, top: Math.floor(place / columns) * cell };
  }

  /** A sheet, ready to be drawn from, or null while it is on its way. */
  sheet(number, arrived) {
    this.bitmaps ??= new Map();
    if (!this.bitmaps.has(number)) {
      this.bitmaps.set(number, null);
      this.loadSheet(number).then(arrived, () => {}); // a sheet that can't be shown: the gallery says so of its photographs
    }
    return this.bitmaps.get(number);
  }

  async loadSheet(number) {
    const picture = new Image();
    picture.src = pictureAt(this.sheets.files[number]);
    await picture.decode(); // beside the page's own work: it has millions of pixels
    this.bitmaps.set(number, await createImageBitmap(picture));
  }
}
