const ON_THE_WAY = 12; // pictures that are fetched at once: what has left the view meanwhile is not asked for

/** Photographs as small squares, cut from their middle; fetched when they are drawn, and `kept` of them held. */
export class Squares {
  constructor(side, kept, arrived) {
    Object.assign(this, { side, kept, arrived, onTheWay: 0 });
    this.squares = new Map(); // canvases by address; null while one is on its way, and where it never came
  }

  held(address) {
    return this.squares.get(address) ?? null;
  }

  square(address) {
    if (!this.squares.has(address) && this.onTheWay < ON_THE_WAY) this.fetch(address);
    return this.held(address);
  }

  async fetch(address) {
    this.squares.set(address, null);
    if (this.squares.size > this.kept) this.squares.delete(this.squares.keys().next().value);
    this.onTheWay++;
    const picture = new Image();
    picture.src = address;
    try {
      await picture.decode(); // beside the page's own work
      this.squares.set(address, this.cut(picture));
    } catch {
      // a photograph that can't be shown: the gallery says so of it
    }
    this.onTheWay--;
    this.arrived();
  }

  cut(picture) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(this.side * (window.devicePixelRatio || 1));
    const side = Math.min(picture.naturalWidth, picture.naturalHeight);
    const [left, top] = [(picture.naturalWidth - side) / 2, (picture.naturalHeight - side) / 2];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
}
