import { drawingOrder, growth, isLit, paint } from "./appearance.js";
import { facesShown, FRAME, GREY, SIDE } from "./faces.js";
import { namesShown } from "./names.js";
import { verdict } from "./neighbours.js";

function hand(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = (app, ending) => `${app.scene.dataset}-${app.model.key}-map.${ending}`;

/** The view as a picture, as it is on the screen. */
export function savePng(app) {
  app.drawNow();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [app.canvases[0].width, app.canvases[0].height];
  const context = canvas.getContext("2d");
  context.fillStyle = app.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const layer of app.canvases) context.drawImage(layer, 0, 0);
  canvas.toBlob((blob) => hand(blob, fileName(app, "png")), "image/png");
}

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const nameAsSvg = ({ name, left, top }, ink, paper) =>
  `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" font-family="system-ui, sans-serif" font-size="13" font-weight="600" text-anchor="middle" ` +
  `dominant-baseline="central" fill="${ink}" stroke="${paper}" stroke-width="5" stroke-linejoin="round" paint-order="stroke">${escaped(name)}</text>`;

/** A face that has arrived, in its frame; nothing for another, which is not on the screen either. */
function faceAsSvg(app, { point, left, top }) {
  const square = app.faces.held(app.scene.photograph(point));
  if (!square) return "";
  const box = (side) => `x="${(left - side / 2).toFixed(1)}" y="${(top - side / 2).toFixed(1)}" width="${side}" height="${side}"`;
  return `<g opacity="${isLit(app, point) ? 1 : 0.3}"><rect ${box(SIDE + 3)} fill="${app.paper}"/><rect ${box(SIDE)} fill="${GREY}"/>` +
    `<image ${box(SIDE - 2 * FRAME)} href="${square.toDataURL("image/jpeg", 0.9)}"/></g>`;
}

/** The view as an SVG: points as circles; faces, names, lines and rings as they are on the screen. */
export function saveSvg(app) {
  app.drawNow();
  hand(new Blob([asSvg(app)], { type: "image/svg+xml" }), fileName(app, "svg"));
}

export function asSvg(app) {
  const { view, places } = app;
  const { colours, looks } = paint(app);
  const parts = [`<rect width="${view.width}" height="${view.height}" fill="${app.paper}"/>`];
  for (const point of drawingOrder(app)) {
    const [left, top] = view.toScreen(places.x(point), places.y(point));
    if (left < 0 || top < 0 || left > view.width || top > view.height) continue;
    const colour = `#${[...colours.subarray(4 * point, 4 * point + 3)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    const radius = (looks[2 * point] * growth(view)) / 2;
    parts.push(`<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="${radius.toFixed(1)}" fill="${colour}"/>`);
  }
  parts.push(...facesShown(app).map((one) => faceAsSvg(app, one)), ...namesShown(app).map((one) => nameAsSvg(one, app.ink, app.paper)));
  if (app.compared && app.centrePlace()) {
    const [left, top] = view.toScreen(...app.centrePlace());
    app.compared.points.forEach((point, place) => {
      const [x, y] = view.toScreen(places.x(point), places.y(point));
      const kept = app.compared.kept[place];
      const style = kept ? `stroke="${app.ink}"` : 'stroke="#d9480f" stroke-dasharray="7 6"';
      parts.push(`<path d="M${left.toFixed(1)} ${top.toFixed(1)}L${x.toFixed(1)} ${y.toFixed(1)}" stroke-width="2" ${style}/>`);
    });
  }
  const title = `${app.root.querySelector(".caption").textContent}${app.panel.found?.approximate ? ` Neighbours: ${app.panel.found.by}` : ""}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${view.width} ${view.height}"><title>${escaped(title)}</title>${parts.join("\n")}</svg>`;
}

/** What the gallery holds, as a table: id, landmark, rank, similarity and verdict. */
export function saveCsv(app) {
  const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const safe = (name) => (/^'*[=+\-@\t\r]/.test(name) ? `'${name}` : name); // a spreadsheet would take it for a formula
  const by = app.panel.found?.approximate ? [app.panel.found.by] : []; // an approximate list does not look like an exact one
  const rows = app.gallery.cards.map(({ point, rank, similarity }) =>
    [safe(app.hides.photograph(point)), safe(app.hides.landmarkOf(point, "")), rank ?? "", similarity ?? "", verdict(app, point), ...by].map(String).map(quoted).join(","));
  hand(new Blob([[`image_id,landmark,rank,similarity,verdict${by.length ? ",found_by" : ""}`, ...rows].join("\n") + "\n"], { type: "text/csv" }), fileName(app, "csv"));
}
