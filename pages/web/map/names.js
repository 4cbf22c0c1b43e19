import { UNLABELLED } from "./appearance.js";

const CELL = 130; // pixels: photographs of a landmark within one square are a cluster
const LEAST = 3; // photographs of a cluster that has a name; of a landmark with fewer, all that it has
const APART = 320; // pixels between two names of one landmark
const MOST = 60; // names in a view
const HIGH = 20; // pixels of a name, with some air
const FONT = "600 13px system-ui, sans-serif";

/**
 * Names of landmarks over their clusters in this view, the largest first, none over another: [{ name, left, top, x, y }], the middle of the
 * text in pixels and on the map. Who zooms in sees more of them. `widthOf` says how wide a text is.
 */
export function placeNames(app, widthOf) {
  const { scene, view, places, mask, isolated } = app;
  const columns = Math.ceil(view.width / CELL);
  const cells = columns * Math.ceil(view.height / CELL);
  const [scale, middle, centre] = [view.scale, view.width / 2, view.height / 2];
  const clusters = new Map();
  const sizes = new Uint32Array(scene.landmarks.length);
  for (let i = 0; i < scene.count; i++) {
    const label = scene.labels[i];
    if (label === UNLABELLED || (isolated.size && !isolated.has(label))) continue;
    sizes[label]++;
    const left = middle + (places.x(i) - view.x) * scale;
    const top = centre - (places.y(i) - view.y) * scale;
    if (!(left >= 0 && top >= 0 && left < view.width && top < view.height) || (mask && !mask[i])) continue;
    const key = label * cells + Math.floor(top / CELL) * columns + Math.floor(left / CELL);
    let cluster = clusters.get(key);
    if (!cluster) clusters.set(key, (cluster = { label, count: 0, left: 0, top: 0 }));
    cluster.count++;
    cluster.left += left;
    cluster.top += top;
  }
  const placed = [];
  for (const { label, count, left, top } of [...clusters.values()].sort((one, other) => other.count - one.count)) {
    if (placed.length === MOST) break;
    if (count < Math.min(LEAST, sizes[label])) continue;
    const { name } = scene.landmarks[label];
    const half = widthOf(name) / 2 + 4;
    const found = { name, half, top: Math.min(view.height - HIGH / 2, Math.max(HIGH / 2, top / count)),
      left: Math.min(view.width - half, Math.max(half, left / count)) };
    const free = placed.every((other) => {
      const [across, along] = [Math.abs(other.left - found.left), Math.abs(other.top - found.top)];
      return (across >= other.half + half || along >= HIGH) && (other.name !== name || Math.hypot(across, along) >= APART);
    });
    if (free) placed.push(found);
  }
  for (const one of placed) [one.x, one.y] = view.toMap(one.left, one.top);
  return placed;
}

/** Draw names on a pale ground, so that they are read over points and thumbnails of any colour; none where the chosen photograph is. */
export function drawNames(app, context) {
  const { named, view, ink, paper } = app;
  const centre = app.centrePlace();
  const [across, along] = centre ? view.toScreen(...centre) : [Infinity, Infinity];
  context.font = FONT;
  [context.textAlign, context.textBaseline, context.lineJoin] = ["center", "middle", "round"];
  [context.strokeStyle, context.lineWidth, context.fillStyle] = [paper, 5, ink];
  for (const { name, half, x, y } of named) {
    const [left, top] = view.toScreen(x, y);
    if (Math.abs(left - across) < half + HIGH && Math.abs(top - along) < 2 * HIGH) continue;
    context.strokeText(name, left, top);
    context.fillText(name, left, top);
  }
}

/** How wide a text is on a canvas, in pixels. */
export const measuredOn = (context) => (text) => {
  context.font = FONT;
  return context.measureText(text).width;
};
