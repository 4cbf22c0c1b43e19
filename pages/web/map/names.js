import { regionsOf } from "./regions.js";

const APART = 320; // pixels between two names of one landmark
const MOST = 60; // names in a view
const TRIED = 1500; // clusters in a view that a name is looked for: among so many the smaller ones find no room
const HIGH = 20; // pixels of a name, with some air
const FONT = "600 13px system-ui, sans-serif";

/**
 * Names of landmarks over their clusters in this view, the largest first, none over another: [{ name, half, left, top }], the middle of
 * the text and half its width in pixels. Who zooms in sees more of them. `widthOf` says how wide a text is.
 */
export function placeNames(app, widthOf) {
  const { scene, view } = app;
  const placed = [];
  let tried = 0;
  for (const { label, x, y } of regionsOf(app).clusters) {
    const [left, top] = view.toScreen(x, y);
    if (!(left >= 0 && top >= 0 && left < view.width && top < view.height)) continue;
    if (placed.length === MOST || tried++ === TRIED) break;
    const { name } = scene.landmarks[label];
    const half = widthOf(name) / 2 + 4;
    const found = { name, half, top: Math.min(view.height - HIGH / 2, Math.max(HIGH / 2, top)),
      left: Math.min(view.width - half, Math.max(half, left)) };
    const free = placed.every((other) => {
      const [across, along] = [Math.abs(other.left - found.left), Math.abs(other.top - found.top)];
      return (across >= other.half + half || along >= HIGH) && (other.name !== name || Math.hypot(across, along) >= APART);
    });
    if (free) placed.push(found);
  }
  return placed;
}

/** Whether a name keeps clear of a square around a place on the screen. */
export const clearOf = ({ half, left, top }, [across, along], side) =>
  Math.abs(left - across) >= half + side / 2 || Math.abs(top - along) >= (HIGH + side) / 2;

/** The names that are on the map now: none where the chosen photograph is. */
export function namesShown(app) {
  if (!app.names || app.places.share !== 1) return [];
  const centre = app.centrePlace();
  return centre ? app.named.filter((one) => clearOf(one, app.view.toScreen(...centre), 2 * HIGH)) : app.named;
}

/** Draw names on a pale ground, so that they are read over points and thumbnails of any colour. */
export function drawNames(app, context) {
  context.font = FONT;
  [context.textAlign, context.textBaseline, context.lineJoin] = ["center", "middle", "round"];
  [context.strokeStyle, context.lineWidth, context.fillStyle] = [app.paper, 5, app.ink];
  for (const { name, left, top } of namesShown(app)) {
    context.strokeText(name, left, top);
    context.fillText(name, left, top);
  }
}

const widths = new Map();

/** How wide a text is on a canvas, in pixels; measured once. */
export const measuredOn = (context) => (text) => {
  if (!widths.has(text)) {
    context.font = FONT;
    widths.set(text, context.measureText(text).width);
  }
  return widths.get(text);
};
