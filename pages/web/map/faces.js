import { isLit } from "./appearance.js";
import { clearOf } from "./names.js";
import { regionsOf } from "./regions.js";

export const SIDE = 44; // pixels of a face's sides, with its frame
export const FRAME = 2;
const APART = SIDE + 6;
const MOST = 24; // faces in a view
export const SQUARE = { side: SIDE - 2 * FRAME, kept: 240 };
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
