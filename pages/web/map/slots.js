import { UNLABELLED } from "./appearance.js";

export const SLOTS = 1 << 17; // points that a browser holds of a map in tiles
const FAR = 1e6; // where the slots are that hold no point: nothing looks there
const YOUNG = 20_000; // milliseconds that a point stays though no tile carries it and nobody uses it: a click may come back to it

/**
 * The points that are held of a map in tiles. Everything else on the map numbers points by their slots, and finds arrays of SLOTS
 * entries: `xy`, `overlap`, `labels`, `ids`; `points` holds their numbers in the app, and `absent` is 1 where nothing is to be drawn.
 *
 * A point is held as long as a tile carries it, or it is among `used()`, the slots that somebody looks at.
 */
export class Slots {
  constructor(used, size = SLOTS) {
    Object.assign(this, { used, size, free: Array.from({ length: size }, (_, k) => size - 1 - k), ids: new Array(size) });
    this.labels = new Uint16Array(size).fill(UNLABELLED);
    this.points = new Int32Array(size).fill(-1);
    this.ranks = new Int32Array(size);
    this.absent = new Uint8Array(size).fill(1);
    this.slotOf = new Map(); // slots by the points' numbers
    this.byId = new Map(); // slots by ids
    this.single = new Map(); // slots that no tile carries, and since when
    this.tiles = new Map(); // slots of each tile, by its name; those that were looked at last come last
    this.moveTo();
  }

  /** Begin another layout: what nobody uses is let go, and places are not known any more. */
  moveTo() {
    for (const name of [...this.tiles.keys()]) this.drop(name);
    this.sweep(Infinity);
    this.xy = new Float32Array(2 * this.size).fill(FAR);
    this.overlap = new Float32Array(this.size).fill(NaN);
  }

  /** Hold the points of a tile; rows as `put` takes them, with their ranks. `wanted`: names of tiles that must stay. */
  add(name, rows, wanted) {
    if (this.tiles.has(name)) return;
    this.makeRoom(rows.points.length, wanted);
    const slots = Array.from(rows.points, (_, k) => this.put(rows, k));
    slots.forEach((slot, k) => {
      this.ranks[slot] = rows.ranks[k];
      this.single.delete(slot);
    });
    this.tiles.set(name, slots);
  }

  /** Hold single points, and give their slots: rows { points, xy, overlap, labels, ids }, as PointRows. */
  addSingle(rows, wanted) {
    this.makeRoom(rows.points.length, wanted);
    return Array.from(rows.points, (number, k) => {
      const known = this.slotOf.has(number);
      const slot = this.put(rows, k);
      if (!known || this.single.has(slot)) this.single.set(slot, performance.now());
      this.absent[slot] = 0;
      return slot;
    });
  }

  put({ points, xy, overlap, labels, ids }, k) {
    const number = points[k];
    let slot = this.slotOf.get(number);
    if (slot === undefined) {
      slot = this.free.pop();
      this.slotOf.set(number, slot);
      this.byId.set(ids[k], slot);
      [this.points[slot], this.labels[slot], this.ids[slot]] = [number, labels[k], ids[k]];
    }
    [this.xy[2 * slot], this.xy[2 * slot + 1]] = xy[k];
    this.overlap[slot] = overlap[k] ?? NaN;
    return slot;
  }

  /** Tiles that a view has looked at come last when room is made. */
  touch(names) {
    for (const name of names) {
      const slots = this.tiles.get(name);
      if (!slots) continue;
      this.tiles.delete(name);
      this.tiles.set(name, slots);
    }
  }

  makeRoom(count, wanted) {
    if (this.free.length >= count) return;
    this.sweep(performance.now() - YOUNG);
    for (const name of [...this.tiles.keys()]) {
      if (this.free.length >= count) return;
      if (!wanted.has(name)) this.drop(name);
    }
    this.sweep(Infinity);
    if (this.free.length < count) throw new Error(`This map holds at most ${this.size.toLocaleString("en")} points. Select fewer photographs.`);
  }

  /** Let a tile go; its points that somebody uses stay. */
  drop(name) {
    const used = new Set(this.used());
    for (const slot of this.tiles.get(name)) {
      if (used.has(slot)) this.single.set(slot, performance.now());
      else this.release(slot);
    }
    this.tiles.delete(name);
  }

  /** Let single points go that came before a moment and that nobody uses. */
  sweep(before) {
    const used = new Set(this.used());
    for (const [slot, since] of [...this.single]) if (since < before && !used.has(slot)) this.release(slot);
  }

  release(slot) {
    this.single.delete(slot);
    this.slotOf.delete(this.points[slot]);
    this.byId.delete(this.ids[slot]);
    [this.points[slot], this.labels[slot], this.ids[slot], this.absent[slot]] = [-1, UNLABELLED, undefined, 1];
    [this.xy[2 * slot], this.xy[2 * slot + 1]] = [FAR, FAR];
    this.free.push(slot);
  }

  /** Draw what comes before a rank, and whatever somebody uses. */
  show(limit) {
    this.absent.fill(1);
    for (const slots of this.tiles.values()) for (const slot of slots) if (this.ranks[slot] < limit) this.absent[slot] = 0;
    for (const slot of this.used()) if (this.points[slot] >= 0) this.absent[slot] = 0;
  }
}
