import { isDrawn } from "./appearance.js";

export const EXACT = "exact"; // the search engine that finds neighbours unless another is chosen

/**
 * The neighbours of a point in descriptor space beside those on the map.
 *
 * `list`: points by falling similarity; `place`: where the centre is, if it is no point of the map (-1); `near`: the
 * nearest on the map where the app has told them, since only a part of the points is held.
 * Near means: among the 2k nearest. A true neighbour that is near on the map was kept,
 * another was torn away; a point among the k nearest on the map that isn't truly near only looks it.
 */
export function compareNeighbours(places, { centre, place, list, similarities, near: told }, k) {
  const others = [];
  for (let place = 0; place < list.length; place++) {
    if (list[place] !== centre) others.push([list[place], similarities[place]]);
  }
  const near = Math.min(2 * k, others.length);
  const onMap = told?.slice(0, near) ?? places.near(place ?? [places.x(centre), places.y(centre)], centre, near);
  const nearOnMap = new Set(onMap);
  const trulyNear = new Set(others.slice(0, near).map((other) => other[0]));
  const points = others.slice(0, k);
  return {
    centre,
    points: points.map((other) => other[0]),
    similarities: points.map((other) => other[1]),
    kept: points.map((other) => nearOnMap.has(other[0])),
    lookNear: onMap.slice(0, k).filter((point) => !trulyNear.has(point)),
  };
}

/** What is chosen under a model: the query's ranking, the neighbours of one selected point, or null. */
export function chosenList(app, model) {
  if (app.placed && app.placed.model === model.key) {
    const { place, points, similarities, near } = app.placed;
    return { centre: -1, place, list: points, similarities, near: app.scene.tiled ? near : undefined };
  }
  if (app.placed) return null;
  if (app.selection.length > 1) return null;
  if (app.selection.length === 1) {
    const centre = app.selection[0];
    if (model.lists && !(app.searched && model === app.model)) {
      const row = [centre * model.width, (centre + 1) * model.width];
      return { centre, list: model.lists.subarray(...row), similarities: model.similarities.subarray(...row) };
    }
    return model.found?.centre === centre && model.found.engine === app.engine ? model.found : null;
  }
  const ranking = app.query && model.rankings?.[app.query.id];
  if (ranking) return { centre: app.query.point, list: ranking.points, similarities: ranking.similarities, near: app.scene.tiled ? ranking.near : undefined };
  return null;
}

/** Ask the app for the neighbours of a point of a set that is too large for lists, or by the engine that is chosen. */
export async function fetchNeighbours(app, model, centre, fetchJson) {
  const { engine } = app;
  if (model.neighbours && !app.searched) return;
  if (model.found?.centre === centre && model.found.engine === engine) return;
  const found = await fetchJson(`${model.search}&point=${centre}${asked(engine)}`);
  const still = app.selection.length === 1 && app.selection[0] === centre; // a later click may have been answered
  if (still) model.found = foundNear(centre, found.points, found, engine);
}

/** How a search engine is named in an address. */
export const asked = (engine) => (engine === EXACT ? "" : `&engine=${encodeURIComponent(engine)}`);

/** The neighbours of a point as `chosenList` gives them, with what the app says of how they were found. */
export const foundNear = (centre, list, { similarities, found_by: by, approximate }, engine) => ({ centre, list, similarities, by, approximate, engine });

/** The verdict on a point: by the ground truth of the query, else by the landmark of the selected photograph. */
export function verdict(app, point) {
  if (app.hides.has("verdicts")) return "none";
  const { query, selection, scene } = app;
  if (query && !selection.length && !app.placed) {
    for (const word of ["good", "ok", "junk"]) if (query.sets[word].has(point)) return word;
    return scene.landmark(point) ? "wrong" : "unlabelled";
  }
  const [own, other] = [selection.length === 1 ? scene.landmark(selection[0]) : null, scene.landmark(point)];
  if (!own || !other) return "none";
  return own === other ? "good" : "wrong";
}

/** Points inside the view, up to a number; null if there are more. */
export function pointsInView(app, most) {
  const { view, places } = app;
  const drawn = isDrawn(app);
  const [wide, high] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  const found = [];
  for (let i = 0; i < places.count; i++) {
    if (Math.abs(places.x(i) - view.x) < wide && Math.abs(places.y(i) - view.y) < high && drawn(i)) {
      if (found.length === most) return null;
      found.push(i);
    }
  }
  return found;
}
