/** Which tiles of a map a view needs, and what is in one. */

export const MOST_SHOWN = 100_000; // points of the tiles over a view: more of them are held back until one zooms in

/** The tiles of a map, from what the app tells of them: [[depth, column, row, points, rank of the first], …], the larger first. */
export class Tree {
  constructor(tiles) {
    this.tiles = tiles.map(([depth, column, row, count, first]) => ({ name: `${depth}-${column}-${row}`, depth, column, row, count, first, below: [] }));
    const known = new Map(this.tiles.map((tile) => [tile.name, tile]));
    for (const tile of this.tiles) {
      if (tile.depth) known.get(`${tile.depth - 1}-${tile.column >> 1}-${tile.row >> 1}`).below.push(tile);
    }
  }

  /**
   * The tiles over a view { left, right, low, high } whose points come first, as many as hold no more than `most` points together, and
   * `limit`: of all points in the view those whose rank is below it are in these tiles, and they are a fair sample of the view.
   */
  plan(view, most = MOST_SHOWN) {
    const waiting = this.tiles.slice(0, 1);
    const wanted = [];
    let held = 0;
    while (waiting.length) {
      // Whoever comes first is the least of a few dozen at most: a heap would save nothing.
      let next = 0;
      for (let k = 1; k < waiting.length; k++) if (waiting[k].first < waiting[next].first) next = k;
      const [tile] = waiting.splice(next, 1);
      if (held + tile.count > most) return { wanted, limit: tile.first };
      held += tile.count;
      wanted.push(tile);
      waiting.push(...tile.below.filter((one) => overlaps(one, view)));
    }
    return { wanted, limit: Infinity };
  }
}

function overlaps({ depth, column, row }, { left, right, low, high }) {
  const side = 2 / 2 ** depth;
  const [x, y] = [column * side - 1, row * side - 1];
  return x <= right && x + side >= left && y <= high && y + side >= low;
}

/** What of the map a view shows. */
export function seenBy(view) {
  const [wide, high] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  return { left: view.x - wide, right: view.x + wide, low: view.y - high, high: view.y + high };
}

/** The points of a tile, from the bytes that the app sends of it (see tiles.py): rows as Slots.add takes them. */
export function readTile(bytes, count) {
  const [points, ranks] = [new Int32Array(bytes, 0, count), new Int32Array(bytes, 4 * count, count)];
  const [places, overlap] = [new Float32Array(bytes, 8 * count, 2 * count), new Float32Array(bytes, 16 * count, count)];
  const labels = new Uint16Array(bytes, 20 * count, count);
  const ids = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 22 * count)));
  return { points, ranks, xy: Array.from(points, (_, k) => [places[2 * k], places[2 * k + 1]]), overlap, labels, ids };
}
