import { SYMBOLS } from "./symbols.js";

const ROOM = 16; // units of a marker's outline

/** What is said where a map is drawn as a still picture. */
export const NO_WEBGL = "This browser has no WebGL 2, which the map moves with. It is drawn as a still picture: all can be chosen, but it "
  + "answers slowly, and points jump from model to model. A current Chrome, Edge, Firefox or Safari has it.";

/** The points without WebGL 2: a still picture, drawn one marker after the other. It has what the class Points has. */
export class StillPoints {
  constructor(canvas) {
    this.context = canvas.getContext("2d");
    this.outlines = SYMBOLS.map((outline) => new Path2D(outline));
    this.order = [];
  }

  get drawn() {
    return this.order.length;
  }

  setLook(colours, looks) {
    Object.assign(this, { colours, looks });
  }

  setOrder(order) {
    this.order = order;
  }

  draw(places, view, ratio, grow) {
    const { context, colours, looks } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    for (const point of this.order) {
      const [left, top] = view.toScreen(places.x(point), places.y(point));
      if (left < 0 || top < 0 || left > view.width || top > view.height) continue;
      const side = ratio * (looks[2 * point] * grow + 1);
      const [red, green, blue, opacity] = colours.subarray(4 * point, 4 * point + 4);
      context.setTransform(side / ROOM, 0, 0, side / ROOM, left * ratio - side / 2, top * ratio - side / 2);
      context.fillStyle = `rgba(${red}, ${green}, ${blue}, ${opacity / 255})`;
      context.fill(this.outlines[looks[2 * point + 1]]);
    }
  }

  renew() {}

  end() {}
}
