import { easeInOut } from "./places.js";
import { View } from "./view.js";

const LASTS = 800; // milliseconds
const ROOM = 0.6; // of the view, for what is flown to
const LEFT_OUT = 0.1; // of the points on each side: a few far ones must not keep the rest small
const NEAREST = 24; // times the whole map

/** Where the eye has to be for most of some points, an array of x and y each, to fill the middle of the view: { x, y, zoom }. */
export function viewOf(points, view) {
  const span = (axis) => {
    const sorted = points.map((point) => point[axis]).sort((one, other) => one - other);
    const cut = Math.floor(LEFT_OUT * (sorted.length - 1));
    return [sorted[cut], sorted[sorted.length - 1 - cut]];
  };
  const [[left, right], [low, high]] = [span(0), span(1)];
  const scale = Math.min((ROOM * view.width) / Math.max(right - left, 1e-9), (ROOM * view.height) / Math.max(high - low, 1e-9));
  return { x: (left + right) / 2, y: (low + high) / 2, zoom: Math.min(NEAREST, Math.max(1, (scale * view.zoom) / view.scale)) };
}

/** Where the eye is at a share of the way from one view to another: nearer at an even rate, and as straight as that allows. */
export function between(from, to, share) {
  const zoom = from.zoom * (to.zoom / from.zoom) ** share;
  const far = Math.abs(Math.log(to.zoom / from.zoom)) > 0.01;
  const way = far ? (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom) : share;
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, zoom };
}

/** Move the map to another view in one sweep; at once where points jump. Whoever moves the map meanwhile ends it. */
export function flyTo(app, to) {
  const goal = Object.assign(new View(), to);
  if (goal.text === (app.goal ?? app.view).text) return;
  const [{ x, y, zoom }, start] = [app.view, performance.now()];
  app.goal = goal;
  const frame = (now) => {
    if (app.goal !== goal || app.ended) return;
    const share = app.jumps ? 1 : Math.min(1, Math.max(0, now - start) / LASTS);
    Object.assign(app.view, between({ x, y, zoom }, goal, easeInOut(share)));
    if (share === 1) app.goal = null;
    else requestAnimationFrame(frame);
    app.viewMoved();
  };
  frame(start);
}
