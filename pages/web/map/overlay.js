import { drawFaces } from "./faces.js";
import { drawNames } from "./names.js";
import { drawThumbnails } from "./thumbnails.js";

const MOST_RINGED = 3000;
const GREEN = "#1a8a3c";
const ORANGE = "#d9480f";

/** All that is drawn over the points: thumbnails, faces and names, lines to neighbours, glyphs of the ground truth, rings, the lasso. */
export function drawOverlay(app, context) {
  const { view, places } = app;
  const at = (point) => view.toScreen(places.x(point), places.y(point));
  context.clearRect(0, 0, view.width, view.height);
  if (app.colouring?.border.length && places.share === 1) drawBorder(app, context);
  app.thumbnailsShown = app.thumbnails ? drawThumbnails(app, context) : 0;
  if (!app.focus) drawQueries(app, context, at);
  app.tellFaces(drawFaces(app, context));
  drawNames(app, context);
  const found = app.compared;
  if (found) drawLines(app, context, at, found);
  if (app.query && !app.selection.length && !app.placed && !app.hides.has("verdicts")) drawTruth(app, context, at);
  if (app.selection.length > 1 && app.selection.length <= MOST_RINGED) {
    for (const point of app.selection) ring(context, at(point), 8, app.ink, 1.5);
  }
  const centre = app.centrePlace();
  if (centre) star(context, view.toScreen(...centre), app.paper);
  for (const point of [app.ring, app.hover]) if (point >= 0) ring(context, at(point), 12, app.ink, 3, app.paper);
  if (app.outline?.length > 1) drawOutline(app, context);
}

/** The line at which a colouring changes sides, on a pale ground, so that it is seen over points of any colour. */
function drawBorder(app, context) {
  for (const [colour, width] of [[app.paper, 6], [app.ink, 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "round";
    context.beginPath();
    for (const [x1, y1, x2, y2] of app.colouring.border) {
      context.moveTo(...app.view.toScreen(x1, y1));
      context.lineTo(...app.view.toScreen(x2, y2));
    }
    context.stroke();
  }
  context.lineCap = "butt";
}

function drawQueries(app, context, at) {
  context.strokeStyle = app.ink;
  context.lineWidth = 1.2;
  context.globalAlpha = 0.6;
  for (const query of app.scene.queries) {
    const [left, top] = at(query.point);
    context.strokeRect(left - 6.5, top - 6.5, 13, 13);
  }
  context.globalAlpha = 1;
}

function drawLines(app, context, at, found) {
  const centre = app.view.toScreen(...app.centrePlace());
  found.points.forEach((point, place) => {
    const kept = found.kept[place];
    for (const [colour, width] of [[app.paper, kept ? 4.5 : 4], [kept ? app.ink : ORANGE, kept ? 2 : 1.8]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.setLineDash(kept || colour === app.paper ? [] : [7, 6]);
      context.globalAlpha = colour === app.paper ? 0.55 : 0.9;
      context.beginPath();
      context.moveTo(...centre);
      context.lineTo(...at(point));
      context.stroke();
    }
  });
  context.setLineDash([]);
  context.globalAlpha = 1;
  for (const point of found.points) ring(context, at(point), 8, app.ink, 2, app.paper);
  for (const point of found.lookNear) crossed(context, at(point), app);
}

/** A point that is near on the map only: a ring that is struck through. */
function crossed(context, [left, top], app) {
  ring(context, [left, top], 7, ORANGE, 2, app.paper);
  context.beginPath();
  context.moveTo(left - 5, top + 5);
  context.lineTo(left + 5, top - 5);
  context.stroke();
}

function drawTruth(app, context, at) {
  const { good, ok, junk } = app.query.sets;
  for (const point of good) ring(context, at(point), 9, GREEN, 4);
  for (const point of ok) ring(context, at(point), 9, GREEN, 1.8);
  context.setLineDash([3, 3]);
  for (const point of junk) ring(context, at(point), 9, "#808080", 2.2);
  context.setLineDash([]);
}

function ring(context, [left, top], radius, colour, width, halo) {
  context.beginPath();
  context.arc(left, top, radius, 0, 2 * Math.PI);
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = width + 2.5;
    context.stroke();
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

function star(context, [left, top], paper) {
  context.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const turn = (corner * Math.PI) / 5 - Math.PI / 2;
    const radius = corner % 2 ? 6 : 14;
    context.lineTo(left + radius * Math.cos(turn), top + radius * Math.sin(turn));
  }
  context.closePath();
  context.fillStyle = ORANGE;
  context.strokeStyle = paper;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

function drawOutline(app, context) {
  context.beginPath();
  for (const corner of app.outline) context.lineTo(...app.view.toScreen(...corner));
  context.closePath();
  context.fillStyle = app.dark ? "rgba(110, 168, 224, .18)" : "rgba(47, 111, 176, .14)";
  context.strokeStyle = app.ink;
  context.lineWidth = 1.5;
  context.fill();
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}
