import { shareOf } from "./colouring.js";

/** Colour, size and order of the points, from what is chosen. */

export const UNLABELLED = 65535;

const GREY = [153, 153, 153];
const RAMP = [[0, 34, 78], [66, 78, 108], [124, 123, 120], [188, 175, 111], [254, 232, 56]]; // cividis, made for colour-blind eyes

const parsed = new Map();

/** "#rrggbb" as [r, g, b]; asked for once a point. */
export function rgb(colour) {
  if (!parsed.has(colour)) parsed.set(colour, [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)));
  return parsed.get(colour);
}

const mixed = (one, other, share) => one.map((value, k) => value + (other[k] - value) * share);

const SHADES = Array.from({ length: 256 }, (_, shade) => {
  const place = Math.min(RAMP.length - 1.001, (shade / 255) * (RAMP.length - 1));
  return mixed(RAMP[Math.floor(place)], RAMP[Math.floor(place) + 1], place % 1);
});

/** The colour of a share of 0 … 1 on the ramp; asked for once a point. */
export const rampColour = (share) => SHADES[Math.round(255 * Math.min(1, Math.max(0, share)))];

/** Whether a point is drawn at all: an unlabelled one only while their switch is on, and of a map in tiles only what is shown. */
export const isDrawn = (app) => (i) => !app.scene.absent?.[i] && (app.unlabelled > 0 || app.scene.labels[i] !== UNLABELLED);

/** Side in pixels of a labelled point, before zoom. */
export function pointSide(count) {
  return count <= 3000 ? 9 : count <= 12_000 ? 7 : count <= 60_000 ? 5 : 3;
}

export const growth = (view) => Math.min(2.2, Math.max(0.8, view.zoom ** 0.3));

/** The colour of a point as it is chosen, before it may go to grey: its landmark's, its distortion, or its value of a colouring. */
export function colourOf(app, i) {
  const { scene, colouring } = app;
  if (app.colour === "overlap") return Number.isNaN(app.model.overlap[i]) ? GREY : rampColour(app.model.overlap[i]);
  if (!colouring) return rgb(scene.landmark(i)?.colour ?? "#999999");
  const value = colouring.values[i];
  if (value === null) return GREY;
  return colouring.names.length ? rgb(colouring.colours[value]) : rampColour(shareOf(value, colouring.ends, colouring.even));
}

/** Whether a point counts as one in colour: a labelled one, or one with a value of the colouring. */
export const stands = ({ scene, colouring }, i) => (colouring ? colouring.values[i] !== null : scene.labels[i] !== UNLABELLED);

/** The number of a point's marker. */
function symbolOf({ scene, colouring }, i) {
  if (!colouring) return scene.landmark(i)?.symbol ?? 0;
  return colouring.names.length && colouring.values[i] !== null ? colouring.symbols[colouring.values[i]] : 0;
}

/** Colours (N × 4) and looks (N × 2) of all points: what isn't in focus, isolated or let through by the filter goes to grey. */
export function paint(app) {
  const { count } = app.scene;
  const colours = new Uint8Array(4 * count);
  const looks = new Uint8Array(2 * count);
  const side = pointSide(count);
  const dim = app.dark ? [74, 82, 94] : [205, 210, 217];
  for (let i = 0; i < count; i++) {
    const standing = stands(app, i);
    let colour = colourOf(app, i);
    let opacity = standing ? 0.95 : app.colouring ? 0.45 : app.unlabelled;
    if (!isLit(app, i)) {
      colour = mixed(colour, dim, 0.8);
      opacity = Math.min(opacity, 0.6);
    }
    for (let part = 0; part < 3; part++) colours[4 * i + part] = colour[part];
    colours[4 * i + 3] = Math.round(255 * opacity);
    looks[2 * i] = standing ? side : Math.max(2, Math.round(side * 0.65));
    looks[2 * i + 1] = symbolOf(app, i);
  }
  return { colours, looks };
}

/** Whether a point is shown in its colour: by the filter where there is one, else by what is in focus. */
export function isLit({ mask, focus, isolated, scene }, i) {
  return (mask ? mask[i] === 1 : !focus || focus.has(i)) && (!isolated.size || isolated.has(scene.labels[i]));
}

/** Numbers of the points to draw, lowest first: unlabelled, then grey ones, then those in colour. */
export function drawingOrder(app) {
  const { scene, mask, focus } = app;
  const drawn = isDrawn(app);
  const layers = [[], [], []];
  for (let i = 0; i < scene.count; i++) {
    if (!drawn(i)) continue;
    const standing = stands(app, i);
    layers[isLit(app, i) && (focus || mask || standing) ? 2 : standing ? 1 : 0].push(i);
  }
  return Uint32Array.from(layers.flat());
}
