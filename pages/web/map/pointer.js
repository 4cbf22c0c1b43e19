import { isDrawn } from "./appearance.js";

const RADIUS = 14; // pixels around the mouse in which a point is taken
const STILL = 4; // pixels that a click may wander

/** The mouse on the map: hover, click, pan, zoom, lasso and box. */
export class Pointer {
  constructor(app, surface) {
    this.app = app;
    this.surface = surface;
    surface.onpointermove = (event) => this.move(event);
    surface.onpointerdown = (event) => this.down(event);
    surface.onpointerup = (event) => this.up(event);
    surface.onpointercancel = () => this.forget();
    surface.onpointerleave = () => app.hoverPoint(-1);
    surface.ondblclick = (event) => this.zoom(2, event);
    surface.addEventListener("wheel", (event) => {
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

  point(left, top) {
    return this.app.places.at(this.app.view, left, top, RADIUS, isDrawn(this.app));
  }

  down(event) {
    if (event.button !== 0) return;
    this.surface.setPointerCapture(event.pointerId);
    this.start = this.place(event);
    this.last = this.start;
    this.kind = event.shiftKey ? "lasso" : this.app.tool;
    this.moved = false;
    this.app.hoverPoint(-1);
  }

  move(event) {
    const [left, top] = this.place(event);
    const { app } = this;
    if (!this.start) return app.hoverPoint(this.point(left, top));
    if (!this.moved && Math.hypot(left - this.start[0], top - this.start[1]) < STILL) return;
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

  up(event) {
    if (!this.start) return;
    const { app, moved, kind } = this;
    const [left, top] = this.place(event);
    this.start = null;
    if (moved && kind !== "pan") {
      const inside = app.places.inside(app.outline, isDrawn(app));
      app.outline = null;
      app.select(event.shiftKey && app.tool !== "pan" ? [...new Set([...app.selection, ...inside])] : inside);
    } else if (!moved) {
      const point = this.point(left, top);
      if (point < 0) return;
      if (!event.shiftKey) return app.select([point]);
      const others = app.selection.filter((other) => other !== point);
      app.select(others.length < app.selection.length ? others : [...others, point]);
    }
  }

  forget() {
    this.start = null;
    this.app.outline = null;
    this.app.draw();
  }
}
