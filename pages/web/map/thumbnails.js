import { colourOf, isLit } from "./appearance.js";
import { pointsInView } from "./neighbours.js";

const MOST = 260; // in view; with more of them they would cover each other
const MOST_SHEETS = 6; // that are held together: each has 16 million pixels
const [SMALLEST, LARGEST] = [26, 88]; // pixels of a thumbnail's sides
const FRAME = 3;
export const SQUARE = { side: LARGEST, kept: 3 * MOST };

/** Draw the points of a view as thumbnails, each in its colour, where they are few enough; gives the pixels of their sides, else 0. */
export function drawThumbnails(app, context) {
  const { view, places, scene } = app;
  const points = scene.sheets.files.length ? pointsInView(app, MOST) : null;
  if (!points?.length) return 0;
  const side = Math.min(LARGEST, Math.max(SMALLEST, 0.62 * Math.sqrt((view.width * view.height) / points.length)));
  for (const point of points) {
    const [picture, ...from] = thumbnail(app, point);
    if (!picture) continue;
    const [left, top] = view.toScreen(places.x(point), places.y(point)).map((middle) => middle - side / 2);
    context.globalAlpha = isLit(app, point) ? 1 : 0.3;
    context.fillStyle = `rgb(${colourOf(app, point).join(" ")})`;
    context.fillRect(left - FRAME, top - FRAME, side + 2 * FRAME, side + 2 * FRAME);
    context.drawImage(picture, ...from, left, top, side, side);
  }
  context.globalAlpha = 1;
  return side;
}

/** The point whose thumbnail is seen at a place on the screen: those that are drawn later cover others; -1 for none. */
export function thumbnailAt(app, left, top) {
  if (!app.thumbnailsShown) return -1;
  const half = app.thumbnailsShown / 2 + FRAME;
  const covers = (point) => {
    const [x, y] = app.view.toScreen(app.places.x(point), app.places.y(point));
    return Math.abs(x - left) <= half && Math.abs(y - top) <= half;
  };
  return pointsInView(app, MOST)?.findLast(covers) ?? -1;
}

/** A point's picture and the part of it to draw: a cell of a sheet, or its photograph where there are too many sheets to be held. */
function thumbnail(app, point) {
  const { scene } = app;
  const { files, cell: side } = scene.sheets;
  if (files.length > MOST_SHEETS) {
    const square = scene.ids && app.squares.square(scene.photograph(point));
    return square ? [square, 0, 0, square.width, square.height] : [];
  }
  const cell = scene.cell(point);
  return cell ? [scene.sheet(cell.sheet, () => app.draw()), cell.left, cell.top, side, side] : [];
}
