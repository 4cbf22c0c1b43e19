import { isLit } from "./appearance.js";
import { clearOf } from "./names.js";
import { regionsOf } from "./regions.js";

export const SIDE = 44; // pixels of a face's sides, with its frame
export const FRAME = 2;
const APART = SIDE + 6;
const MOST = 24; // faces in a view
const KEPT = 240; // pictures that are held
export const GREY = "#999999"; // of the unlabelled in the legend

/**
 * Faces of the regions without labels in this view: the most central photograph of each, where it lies, the largest regions first, none
 * over another or over a name: [{ point, left, top }], in pixels. Who zooms in sees more of them.
 */
export function placeFaces(app) {
  const { view, places, named, scene } = app;
  if (!app.unlabelled || !scene.sheets.files.length) return []; // without sheets the photographs have no pictures
  const placed = [];
  for (const { point } of regionsOf(app).regions) {
    if (placed.length === MOST) break;
    const [left, top] = view.toScreen(places.x(point), places.y(point));
    if (left < 0 || top < 0 || left > view.width || top > view.height) continue;
    const free = placed.every((other) => Math.abs(other.left - left) >= APART || Math.abs(other.top - top) >= APART);
    if (free && named.every((name) => clearOf(name, [left, top], APART))) placed.push({ point, left, top });
  }
  return placed;
}

/** The faces that are on the map now: none where the chosen photograph is, and none where the points are thumbnails themselves. */
export function facesShown(app) {
  if (!app.names || app.places.share !== 1 || app.thumbnailsShown) return [];
  const centre = app.centrePlace();
  if (!centre) return app.faced;
  const [across, along] = app.view.toScreen(...centre);
  return app.faced.filter(({ left, top }) => Math.abs(left - across) >= SIDE || Math.abs(top - along) >= SIDE);
}

/** The photograph whose face is at a place on the screen; -1 for none. */
export function faceAt(app, left, top) {
  const found = facesShown(app).find((one) => Math.abs(one.left - left) <= SIDE / 2 && Math.abs(one.top - top) <= SIDE / 2);
  return found && app.scene.ids && app.faces.held(app.scene.photograph(found.point)) ? found.point : -1;
}

/** Faces as small squares, in the size in which they are drawn; fetched when they are needed, and kept. */
export class Faces {
  constructor(arrived) {
    this.arrived = arrived;
    this.squares = new Map(); // canvases by address; null while one is on its way, and where it never came
  }

  held(address) {
    return this.squares.get(address) ?? null;
  }

  square(address) {
    if (!this.squares.has(address)) {
      this.squares.set(address, null);
      this.fetch(address);
      if (this.squares.size > KEPT) this.squares.delete(this.squares.keys().next().value);
    }
    return this.held(address);
  }

  async fetch(address) {
    const picture = new Image();
    picture.src = address;
    try {
      await picture.decode(); // beside the page's own work
    } catch {
      return; // a photograph that can't be shown: the gallery says so of it
    }
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round((SIDE - 2 * FRAME) * (window.devicePixelRatio || 1));
    const side = Math.min(picture.naturalWidth, picture.naturalHeight);
    const [left, top] = [(picture.naturalWidth - side) / 2, (picture.naturalHeight - side) / 2];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
    this.squares.set(address, canvas);
    this.arrived();
  }
}

/** Draw faces, each in a grey frame; gives how many there are. */
export function drawFaces(app, context) {
  let drawn = 0;
  for (const { point, left, top } of app.scene.ids ? facesShown(app) : []) {
    const square = app.faces.square(app.scene.photograph(point));
    if (!square) continue;
    drawn++;
    context.globalAlpha = isLit(app, point) ? 1 : 0.3;
    context.fillStyle = app.paper;
    context.fillRect(left - SIDE / 2 - 1.5, top - SIDE / 2 - 1.5, SIDE + 3, SIDE + 3);
    context.fillStyle = GREY;
    context.fillRect(left - SIDE / 2, top - SIDE / 2, SIDE, SIDE);
    const inner = SIDE / 2 - FRAME;
    context.drawImage(square, left - inner, top - inner, 2 * inner, 2 * inner);
  }
  context.globalAlpha = 1;
  return drawn;
}
