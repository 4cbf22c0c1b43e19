import { drawingOrder, growth, isDrawn, paint } from "./appearance.js";
import { placeFaces } from "./faces.js";
import { flyTo } from "./flight.js";
import { measuredOn, placeNames } from "./names.js";
import { drawOverlay } from "./overlay.js";
import { easeInOut } from "./places.js";
import { seenBy } from "./tiles.js";
import { View } from "./view.js";

const MOVE = 1700; // milliseconds from one model's layout to another's

/** How the map is drawn: its size and theme, the points and what lies over them, and their way from layout to layout. */
export class Drawing {
  readTheme() {
    const style = getComputedStyle(this.root.querySelector(".map"));
    this.paper = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    this.ink = style.getPropertyValue("--st-text-color").trim() || "#1b2430";
    const [red, green, blue] = this.paper.startsWith("#") ? [1, 3, 5].map((k) => parseInt(this.paper.slice(k, k + 2), 16)) : [255, 255, 255];
    this.dark = red + green + blue < 384;
  }

  /** Take the room that the legend leaves. Before there is a scene it has no entries: a canvas that is made larger and smaller costs frames. */
  resize() {
    if (!this.scene) return;
    this.legend.settle();
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    [this.view.width, this.view.height] = [width, height];
    for (const canvas of this.canvases) {
      if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
      if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    }
    this.settle();
  }

  /** Draw at the next frame; `points` false if only what lies over them has changed. */
  draw(points = true) {
    this.changed.points ||= points;
    this.frame ??= requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    if (!this.scene || !this.places) return;
    const ratio = this.canvases[0].width / this.view.width;
    const above = this.surface.getContext("2d");
    if (this.changed.points) {
      this.scene.look?.(this.view);
      this.points.draw(this.places, this.view, ratio, growth(this.view));
    }
    above.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.changed.points && this.names && this.places.share === 1) {
      this.named = this.hides.has("labels") ? [] : placeNames(this, measuredOn(above));
      this.faced = placeFaces(this);
    }
    drawOverlay(this, above);
    this.changed.points = false;
    this.stage.dataset.drawn = this.compared ? String(this.compared.centre) : "";
    this.stage.dataset.count = String(this.points.drawn);
  }

  /** Colours, sizes and order anew. */
  repaint() {
    if (!this.scene || !this.places) return;
    const { colours, looks } = paint(this);
    this.points.setLook(colours, looks);
    this.regions = null;
    this.settle();
  }

  /** Choose anew which points are drawn, and in what order. */
  settle() {
    this.points.setOrder(drawingOrder(this));
    this.tellDrawn();
    this.draw();
  }

  /** Say what a face is while there are any. */
  tellFaces(count) {
    if (Boolean(count) === Boolean(this.told)) return;
    this.told = count;
    this.root.querySelector(".faced").textContent = count ? "Framed: the most central photograph of a region without labels." : "";
  }

  /** Say how much of a map in tiles is drawn. */
  tellDrawn() {
    const { scene, places } = this;
    if (scene.tiled) this.stage.dataset.missing = String(scene.missing);
    this.root.querySelector(".drawn").textContent = scene.tiled ? scene.told(places.countSeen(seenBy(this.view), isDrawn(this))) : "";
  }

  /** Other points of a map in tiles are held, or shown. */
  tilesChanged() {
    if (this.ended || !this.places) return;
    this.points.renew(this.places.to);
    this.repaint();
  }

  get jumps() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches || this.still || Boolean(this.scene.tiled);
  }

  /** Look somewhere else, as the link spells it: the eye goes there, unless it is on its way already. */
  lookAt(text) {
    flyTo(this, Object.assign(new View(), { text }));
  }

  move(from, to) {
    const still = this.jumps;
    const token = (this.moving = {});
    if (still) {
      this.places.show(to);
      return this.settle();
    }
    const start = performance.now();
    const frame = (now) => {
      if (this.moving !== token) return;
      const share = Math.min(1, Math.max(0, now - start) / MOVE);
      if (share < 1) {
        this.places.between(from, to, easeInOut(share));
        this.drawNow();
        requestAnimationFrame(frame);
      } else {
        this.places.show(to);
        this.draw();
      }
      this.changed.points = true;
    };
    frame(start);
  }
}
