const KINDS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int16: Int16Array };
const UNKNOWN = 255; // a share that is not known
const PICTURE = /^files\/(photograph|crop|sheet)\/[^/]+\/([^?]*)/;

/** What the bundle holds, at the addresses at which the app serves it. */
export class Held {
  constructor(content, arrays, pictures) {
    Object.assign(this, { content, arrays, pictures, about: content.about, ids: content.ids });
    this.numbers = new Map(content.ids.map((id, number) => [id, number]));
    this.places = new Map(content.pictures.map((name, place) => [name, place]));
    this.queries = new Map(content.truth.map((query) => [query.id, query]));
    this.rows = new Map(content.rows.map((id, row) => [id, row]));
    this.models = content.models.map((model) => model.key);
  }

  /** The name of a point's landmark; "" for none. */
  landmark(point) {
    return this.content.landmarks[this.content.labels[point]] ?? "";
  }

  /** An array as it was before its bytes were sorted. */
  array(name) {
    const { kind, start, count } = this.content.arrays[name];
    const size = KINDS[kind].BYTES_PER_ELEMENT;
    const sorted = new Uint8Array(this.arrays, start, count * size);
    const bytes = new Uint8Array(count * size);
    for (let place = 0; place < size; place++) for (let k = 0; k < count; k++) bytes[k * size + place] = sorted[place * count + k];
    return new KINDS[kind](bytes.buffer);
  }

  /** Rows of similarities, from the differences in thousandths. */
  similarities(name, width) {
    const differences = this.array(name);
    const found = new Float32Array(differences.length);
    let sum = 0;
    for (let k = 0; k < differences.length; k++) {
      sum = (k % width ? sum : 0) + differences[k];
      found[k] = sum / 1000;
    }
    return found;
  }

  /** The head of a query's ranking under a model: points, and the similarities of the first of them. */
  head(model, query) {
    this.heads ??= new Map();
    if (!this.heads.has(model)) {
      this.heads.set(model, { points: this.array(`heads ${model}`), similarities: this.similarities(`answers ${model}`, this.about.answers) });
    }
    const { points, similarities } = this.heads.get(model);
    const row = this.rows.get(query);
    const width = points.length / this.rows.size;
    const { answers } = this.about;
    return { points: points.subarray(row * width, (row + 1) * width), similarities: similarities.subarray(row * answers, (row + 1) * answers) };
  }

  /** The neighbours of a photograph under a model; null where they are not listed. */
  neighbours(model, point) {
    const width = this.about.neighbours;
    if (!this.content.arrays[`neighbours ${model}`]) return null;
    this.lists ??= new Map();
    if (!this.lists.has(model)) {
      this.lists.set(model, { points: this.array(`neighbours ${model}`), similarities: this.similarities(`similarities ${model}`, width) });
    }
    const { points, similarities } = this.lists.get(model);
    return { points: points.subarray(point * width, (point + 1) * width), similarities: similarities.subarray(point * width, (point + 1) * width) };
  }

  async json(address) {
    const { kind, name, given } = parts(address);
    const { content } = this;
    if (kind === "scene") return { ...structuredClone(content.scenes[given.get("method")]), queries: structuredClone(content.truth) };
    if (kind === "ids") return content.ids;
    if (kind === "queries") return Object.fromEntries(content.truth.map((query) => [query.id, this.ranking(name, query.id)]));
    if (kind === "selection") return { within: null, similarities: null };
    const wanted = given.get("colour");
    const number = content.colourings[`${name} ${wanted} ${wanted === "hubness" ? given.get("k") : ""}`];
    if (kind !== "colouring" || number === undefined) throw new Error("This file does not hold that. The app shows it.");
    return content.values[number];
  }

  ranking(model, query) {
    const { points, similarities } = this.head(model, query);
    const machine = this.content.queries[query].machines[model];
    const scored = this.content.scored.includes(model) && machine;
    return { points: [...points.subarray(0, similarities.length)], similarities: [...similarities], ap: scored ? [machine.counted.ap.oxford, machine.counted.ap.finite_sum] : [null, null] };
  }

  async bytes(address) {
    const { kind, name, given } = parts(address);
    if (kind === "labels") return Uint16Array.from(this.content.labels).buffer;
    if (kind === "central") return Float32Array.from(this.array(`central ${name}`)).buffer;
    if (kind === "places") {
      const [places, overlap] = ["places", "overlap"].map((what) => this.array(`${what} ${given.get("method")} ${name}`));
      const found = new Float32Array(places.length + overlap.length);
      places.forEach((level, k) => { found[k] = (2 * level) / this.about.levels - 1; });
      overlap.forEach((share, k) => { found[places.length + k] = share === UNKNOWN ? NaN : share / 100; });
      return found.buffer;
    }
    const [points, similarities] = [this.array(`neighbours ${name}`), this.similarities(`similarities ${name}`, this.about.neighbours)];
    const found = new ArrayBuffer(8 * points.length);
    new Int32Array(found, 0, points.length).set(points);
    new Float32Array(found, 4 * points.length).set(similarities);
    return found;
  }

  /** A picture as an address that holds it; "" for one that the bundle does not have. */
  picture(address) {
    const found = PICTURE.exec(address);
    if (!found) return /^(data|blob):/.test(address) ? address : "";
    const place = this.places.get(`${found[1]}/${decodeURIComponent(found[2])}`);
    return place === undefined ? "" : `data:image/webp;base64,${this.pictures[place]}`;
  }
}

/** What an address of the app asks for: its kind, the name behind that of the dataset, and its parameters. */
function parts(address) {
  const [way, given] = address.split("?");
  const [, kind, , name] = way.split("/");
  return { kind, name: name && decodeURIComponent(name), given: new URLSearchParams(given) };
}
