/** Slow, fast, slow. */
export const easeInOut = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

/** Where every point is now: on one model's layout, or on its way from one to the next. */
export class Places {
  constructor(places) {
    this.count = places.length / 2;
    this.from = places;
    this.to = places;
    this.share = 1; // of the way from `from` to `to`, eased
  }

  show(places) {
    [this.from, this.to, this.share] = [places, places, 1];
  }

  between(from, to, share) {
    [this.from, this.to, this.share] = [from, to, share];
  }

  x(i) {
    return this.from[2 * i] + (this.to[2 * i] - this.from[2 * i]) * this.share;
  }

  y(i) {
    return this.from[2 * i + 1] + (this.to[2 * i + 1] - this.from[2 * i + 1]) * this.share;
  }

  /** A copy of where the points are at this moment. */
  now() {
    const { from, to, share } = this;
    if (share === 1) return to;
    const places = new Float32Array(to.length);
    for (let k = 0; k < to.length; k++) places[k] = from[k] + (to[k] - from[k]) * share;
    return places;
  }

  /** The point nearest to a place on the screen within a radius in pixels, of those that `drawn` admits; -1 for none. */
  at(view, left, top, radius, drawn) {
    const [x, y] = view.toMap(left, top);
    let nearest = (radius / view.scale) ** 2;
    let found = -1;
    for (let i = 0; i < this.count; i++) {
      const across = this.x(i) - x;
      const distance = across * across;
      if (distance > nearest) continue;
      const along = this.y(i) - y;
      if (distance + along * along <= nearest && drawn(i)) {
        nearest = distance + along * along;
        found = i;
      }
    }
    return found;
  }

  /** The `count` points nearest on the map to a place, nearest first, without point `centre`, which is there. */
  near([x, y], centre, count) {
    const points = [];
    const distances = [];
    let worst = Infinity;
    for (let i = 0; i < this.count; i++) {
      const distance = (this.x(i) - x) ** 2 + (this.y(i) - y) ** 2;
      if (distance >= worst || i === centre) continue;
      let place = points.length < count ? points.length : count - 1;
      while (place > 0 && distances[place - 1] > distance) {
        points[place] = points[place - 1];
        distances[place] = distances[--place];
      }
      points[place] = i;
      distances[place] = distance;
      if (points.length === count) worst = distances[count - 1];
    }
    return points;
  }

  /** How many points lie in what a view shows, of those that `drawn` admits. */
  countSeen({ left, right, low, high }, drawn) {
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const [x, y] = [this.x(i), this.y(i)];
      if (x >= left && x <= right && y >= low && y <= high && drawn(i)) count++;
    }
    return count;
  }

  /** Points inside a closed line of map places [[x, y], …], of those that `drawn` admits. */
  inside(outline, drawn) {
    const xs = outline.map((corner) => corner[0]);
    const ys = outline.map((corner) => corner[1]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const found = [];
    for (let i = 0; i < this.count; i++) {
      const x = this.x(i);
      const y = this.y(i);
      if (x < left || x > right || y < low || y > high || !drawn(i)) continue;
      let within = false;
      for (let a = 0, b = outline.length - 1; a < outline.length; b = a++) {
        if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) within = !within;
      }
      if (within) found.push(i);
    }
    return found;
  }
}
