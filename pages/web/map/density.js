const CELL = 4; // pixels of a cell's sides

/** How many points lie where: drawn below the points when there are more of them than are drawn one by one. */
export class Density {
  constructor() {
    this.canvas = document.createElement("canvas");
  }

  /** Count all points of a view, on a logarithmic scale of opacity in one colour [r, g, b]. */
  count(places, view, [red, green, blue]) {
    const [columns, rows] = [Math.ceil(view.width / CELL), Math.ceil(view.height / CELL)];
    const counts = new Uint32Array(columns * rows);
    let most = 1;
    for (let i = 0; i < places.count; i++) {
      const [left, top] = view.toScreen(places.x(i), places.y(i));
      if (left < 0 || top < 0 || left >= view.width || top >= view.height) continue;
      const cell = Math.floor(top / CELL) * columns + Math.floor(left / CELL);
      most = Math.max(most, ++counts[cell]);
    }
    [this.canvas.width, this.canvas.height] = [columns, rows];
    const picture = new ImageData(columns, rows);
    for (let cell = 0; cell < counts.length; cell++) {
      if (!counts[cell]) continue;
      const strength = Math.log1p(counts[cell]) / Math.log1p(most);
      picture.data.set([red, green, blue, 30 + 200 * strength], 4 * cell);
    }
    this.canvas.getContext("2d").putImageData(picture, 0, 0);
    this.seen = { x: view.x, y: view.y, scale: view.scale, width: columns * CELL, height: rows * CELL, viewWidth: view.width, viewHeight: view.height };
  }

  /** Draw the last count where its points are in the present view. */
  draw(context, view) {
    const { seen } = this;
    if (!seen) return;
    const factor = view.scale / seen.scale;
    const [left, top] = view.toScreen(seen.x - seen.viewWidth / 2 / seen.scale, seen.y + seen.viewHeight / 2 / seen.scale);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.canvas, left, top, seen.width * factor, seen.height * factor);
  }
}
