/** Colour, size and order of the points, from what is chosen. */

export const MOST_DRAWN = 200_000; // points drawn one by one; above, the density below them shows all
export const UNLABELLED = 65535;

const GREY = [153, 153, 153];
const RAMP = [[0, 34, 78], [66, 78, 108], [124, 123, 120], [188, 175, 111], [254, 232, 56]]; // cividis, made for colour-blind eyes

export const rgb = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
const mixed = (one, other, share) => one.map((value, k) => value + (other[k] - value) * share);

/** The colour of a share of 0 … 1 on the ramp. */
export function rampColour(share) {
  const place = Math.min(RAMP.length - 1.001, Math.max(0, share) * (RAMP.length - 1));
  return mixed(RAMP[Math.floor(place)], RAMP[Math.floor(place) + 1], place % 1);
}

/** Whether a point is drawn at all: an unlabelled one only while their switch is on. */
export const isDrawn = (app) => (i) => app.unlabelled > 0 || app.scene.labels[i] !== UNLABELLED;

/** Side in pixels of a labelled point, before zoom. */
export function pointSide(count) {
  return count <= 3000 ? 9 : count <= 12_000 ? 7 : count <= 60_000 ? 5 : 3;
}

export const growth = (view) => Math.min(2.2, Math.max(0.8, view.zoom ** 0.3));

/** Colours (N × 4) and looks (N × 2) of all points: what isn't in focus or isolated goes to grey. */
export function paint(app) {
  const { scene, isolated, focus } = app;
  const count = scene.count;
  const colours = new Uint8Array(4 * count);
  const looks = new Uint8Array(2 * count);
  const side = pointSide(count);
  const dim = app.dark ? [74, 82, 94] : [205, 210, 217];
  const hues = scene.landmarks.map((landmark) => rgb(landmark.colour));
  for (let i = 0; i < count; i++) {
    const label = scene.labels[i];
    const labelled = label !== UNLABELLED;
    const lit = isLit(i, label, isolated, focus);
    let colour = labelled ? hues[label] : GREY;
    let opacity = labelled ? 0.95 : app.unlabelled;
    if (app.colour === "overlap") {
      const share = app.model.overlap[i];
      colour = Number.isNaN(share) ? GREY : rampColour(share);
    }
    if (!lit) {
      colour = mixed(colour, dim, 0.8);
      opacity = Math.min(opacity, 0.6);
    }
    colours.set([...colour, Math.round(255 * opacity)], 4 * i);
    looks[2 * i] = labelled ? side : Math.max(2, Math.round(side * 0.65));
    looks[2 * i + 1] = labelled ? scene.landmarks[label].symbol : 0;
  }
  return { colours, looks };
}

function isLit(i, label, isolated, focus) {
  return (!focus || focus.has(i)) && (!isolated.size || isolated.has(label));
}

/** Numbers of the points to draw, lowest first: unlabelled, then grey ones, then those in colour. */
export function drawingOrder(app) {
  const { scene, isolated, focus, view, places } = app;
  const drawn = isDrawn(app);
  const layers = [[], [], []];
  const all = scene.count <= MOST_DRAWN;
  const side = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  let taken = 0;
  for (let k = 0; k < scene.count && taken < MOST_DRAWN; k++) {
    // A step that has no factor in common with the count visits every point once, in an order that favours no region.
    const i = all ? k : (k * 7_368_787) % scene.count;
    if (!drawn(i)) continue;
    if (!all && (Math.abs(places.x(i) - view.x) > side[0] || Math.abs(places.y(i) - view.y) > side[1])) continue;
    taken++;
    const label = scene.labels[i];
    const lit = isLit(i, label, isolated, focus);
    layers[lit && (focus || label !== UNLABELLED) ? 2 : label === UNLABELLED ? 0 : 1].push(i);
  }
  return Uint32Array.from(layers.flat());
}
