import { UNLABELLED } from "./appearance.js";

const CELL = 130; // pixels of a square's sides, times 0.7 to 1.4: what lies within one square is one cluster, or one region
const LEAST = 3; // photographs of a cluster or region; of a landmark with fewer, all that it has

/**
 * What lies where at one level of zoom, in squares that are fixed to the plane: while the map moves, all of it stays where it is.
 *
 * clusters: photographs of one landmark in one square, [{ label, count, x, y }], the middle of them, the largest first.
 * regions: squares in which no photograph is labelled, [{ count, point }], their most central photograph, the largest first.
 */
export class Regions {
  constructor(app) {
    const { view, places, model } = app;
    this.level = levelOf(view);
    this.xy = places.to;
    // Counted for the view and as much again on each side; whole squares, so that what is counted of one doesn't depend on the view.
    const seen = squaresOf(view, this.level);
    const [wide, high] = [seen.right - seen.left, seen.bottom - seen.top];
    this.squares = { left: seen.left - wide, right: seen.right + wide, top: seen.top - high, bottom: seen.bottom + high };
    this.count(app, model?.ranks);
  }

  /** Whether this is what lies in the view of now. */
  fits({ view }) {
    if (levelOf(view) !== this.level) return false;
    const [seen, known] = [squaresOf(view, this.level), this.squares];
    return seen.left >= known.left && seen.right <= known.right && seen.top >= known.top && seen.bottom <= known.bottom;
  }

  count({ scene, mask, isolated }, ranks) {
    const { level, squares, xy } = this;
    const [columns, rows] = [squares.right - squares.left, squares.bottom - squares.top];
    const cells = columns * rows;
    const [labelled, bare, central] = [new Uint32Array(cells), new Uint32Array(cells), new Int32Array(cells).fill(-1)];
    const sizes = new Uint32Array(scene.landmarks.length);
    const clusters = new Map();
    const some = isolated.size > 0;
    for (let i = 0; i < scene.count; i++) {
      const label = scene.labels[i];
      if (label !== UNLABELLED) sizes[label]++;
      const [x, y] = [xy[2 * i], xy[2 * i + 1]];
      const [column, row] = [Math.floor(x * level / CELL) - squares.left, Math.floor(-y * level / CELL) - squares.top];
      if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
      const cell = row * columns + column;
      if (label !== UNLABELLED) labelled[cell]++;
      if ((some && !isolated.has(label)) || (mask && !mask[i])) continue;
      if (label === UNLABELLED) {
        bare[cell]++;
        if (ranks && (central[cell] < 0 || ranks[i] > ranks[central[cell]])) central[cell] = i;
        continue;
      }
      const key = label * cells + cell;
      let cluster = clusters.get(key);
      if (!cluster) clusters.set(key, (cluster = { label, count: 0, x: 0, y: 0 }));
      cluster.count++;
      cluster.x += x;
      cluster.y += y;
    }
    const bySize = (one, other) => other.count - one.count;
    this.clusters = [...clusters.values()].filter(({ label, count }) => count >= Math.min(LEAST, sizes[label])).sort(bySize);
    for (const cluster of this.clusters) {
      cluster.x /= cluster.count;
      cluster.y /= cluster.count;
    }
    this.regions = [];
    for (let cell = 0; cell < cells; cell++) {
      if (bare[cell] >= LEAST && !labelled[cell] && central[cell] >= 0) this.regions.push({ count: bare[cell], point: central[cell] });
    }
    this.regions.sort(bySize);
  }
}

/** Pixels a unit, rounded to a power of two. */
const levelOf = (view) => 2 ** Math.round(Math.log2(view.scale));

/** The squares that a view shows a part of, numbered from the middle of the map: from `left` and `top` up to, and without, the others. */
function squaresOf(view, level) {
  const side = CELL / level;
  const [wide, high] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  return {
    left: Math.floor((view.x - wide) / side), right: Math.floor((view.x + wide) / side) + 1,
    top: Math.floor((-view.y - high) / side), bottom: Math.floor((-view.y + high) / side) + 1,
  };
}

/** What lies where in this view; what was counted before is kept as long as it fits, and while the map of many points moves. */
export function regionsOf(app) {
  const known = app.regions;
  if (known?.xy !== app.places.to || !(app.onTheWay || known.fits(app))) app.regions = new Regions(app);
  return app.regions;
}
