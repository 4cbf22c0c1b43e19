import { isDrawn } from "./appearance.js";
import { faceAt } from "./faces.js";
import { thumbnailAt } from "./thumbnails.js";

const RADIUS = { mouse: 14, pen: 14, touch: 26 }; // pixels around the pointer in which a point is taken
const STILL = { mouse: 4, pen: 6, touch: 10 }; // pixels that a click may wander
const PRESS = 500; // milliseconds after which a finger that rests means more than a tap

/**
 * Mouse, pen and fingers on the map: hover, click, pan, zoom, lasso and box.
 * A tap is a click, a long press a Shift-click; two fingers zoom and move. Before a scene has arrived all of it does nothing.
 */
export class Pointer {
  constructor(app, surface) {
    this.app = app;
    this.surface = surface;
    this.fingers = new Map(); // where each finger is, by its number
    const listen = (name, act, options) => surface.addEventListener(name, (event) => app.places && act(event), options);
    listen("pointermove", (event) => this.move(event));
    listen("pointerdown", (event) => this.down(event));
    listen("pointerup", (event) => this.up(event));
    listen("pointercancel", () => this.forget());
    listen("pointerleave", () => app.hoverPoint(-1));
    listen("contextmenu", (event) => event.pointerType === "touch" && event.preventDefault());
    listen("dblclick", (event) => this.zoom(2, event));
    listen("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event);
    }, { passive: false });
  }

  place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  zoom(factor, event) {
    this.app.view.zoomAt(factor, ...this.place(event));
    this.app.viewChanged();
  }

  /** The photograph at a place: that of a face or thumbnail, which covers the points below it, or the nearest point. */
  point(left, top) {
    for (const pictureAt of [faceAt, thumbnailAt]) {
      const point = pictureAt(this.app, left, top);
      if (point >= 0) return point;
    }
    return this.app.places.at(this.app.view, left, top, RADIUS[this.type] ?? RADIUS.mouse, isDrawn(this.app));
  }

  down(event) {
    if (event.button !== 0) return;
    this.surface.setPointerCapture(event.pointerId);
    const place = this.place(event);
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, place);
    if (this.fingers.size > 1) return this.forget(false);
    Object.assign(this, { start: place, last: place, type: event.pointerType, kind: event.shiftKey ? "lasso" : this.app.tool, moved: false });
    this.app.hoverPoint(-1);
    if (event.pointerType === "touch") this.pressing = setTimeout(() => this.press(), PRESS);
  }

  move(event) {
    const { app } = this;
    const [left, top] = this.place(event);
    if (this.fingers.size > 1) return this.pinch(event.pointerId, [left, top]);
    if (!this.start) return event.pointerType === "touch" ? undefined : this.hover(event, left, top);
    if (!this.moved && Math.hypot(left - this.start[0], top - this.start[1]) < (STILL[this.type] ?? STILL.mouse)) return;
    clearTimeout(this.pressing);
    if (!this.moved && this.kind === "lasso") app.outline = [app.view.toMap(...this.start)];
    this.moved = true;
    if (this.kind === "pan") {
      app.view.pan(left - this.last[0], top - this.last[1]);
      app.viewChanged();
    } else if (this.kind === "lasso") {
      app.outline.push(app.view.toMap(left, top));
    } else {
      const [a, b] = [app.view.toMap(...this.start), app.view.toMap(left, top)];
      app.outline = [a, [b[0], a[1]], b, [a[0], b[1]]];
    }
    this.last = [left, top];
    app.draw();
  }

  hover(event, left, top) {
    this.type = event.pointerType;
    this.app.hoverPoint(this.point(left, top));
  }

  /** Two fingers: what lies between them stays between them. */
  pinch(finger, place) {
    const { view } = this.app;
    const before = this.fingers.get(finger);
    const [, other] = [...this.fingers].find(([number]) => number !== finger);
    if (!before) return;
    const apart = (one) => Math.max(8, Math.hypot(one[0] - other[0], one[1] - other[1]));
    const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(place)];
    view.pan(to[0] - from[0], to[1] - from[1]);
    view.zoomAt(apart(place) / apart(before), ...to);
    this.fingers.set(finger, place);
    this.app.viewChanged();
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    clearTimeout(this.pressing);
    if (!this.start) return;
    const { app, moved, kind } = this;
    this.start = null;
    if (moved && kind !== "pan" && app.scene.tiled) {
      app.selectInside(app.outline, event.shiftKey && app.tool !== "pan", kind);
      app.outline = null;
    } else if (moved && kind !== "pan") {
      const inside = app.places.inside(app.outline, isDrawn(app));
      app.outline = null;
      app.select(event.shiftKey && app.tool !== "pan" ? [...new Set([...app.selection, ...inside])] : inside, false, kind);
    } else if (!moved) {
      const point = this.point(...this.place(event));
      if (point >= 0) this.choose(point, event.shiftKey);
    }
  }

  /** A finger has rested: add the point below it to the selection, or take it away. */
  press() {
    const point = this.point(...this.start);
    this.start = null;
    if (point >= 0) this.choose(point, true);
  }

  choose(point, more) {
    const { app } = this;
    if (!more) return app.select([point]);
    const others = app.selection.filter((other) => other !== point);
    return app.select(others.length < app.selection.length ? others : [...others, point]);
  }

  /** Leave what was begun; with `all` the fingers as well. */
  forget(all = true) {
    if (all) this.fingers.clear();
    clearTimeout(this.pressing);
    this.start = null;
    this.app.outline = null;
    this.app.draw();
  }
}
