import { fetchBytes } from "../files.js";
import { element } from "../ranking/text.js";

const UNLABELLED = 65535;
const files = new Map();

/** The bytes at an address, which are fetched once. */
function fetched(address) {
  if (!files.has(address)) {
    files.set(address, fetchBytes(address));
    files.get(address).catch(() => files.delete(address));
  }
  return files.get(address);
}

/** The points of a model: unlabelled photographs pale and below, landmarks in their colours. */
function draw(canvas, places, labels, hues) {
  const sharp = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * sharp), Math.round(canvas.clientHeight * sharp)];
  if (!width || !height) return;
  [canvas.width, canvas.height] = [width, height];
  const scale = 0.475 * Math.min(width, height);
  const brush = canvas.getContext("2d");
  const radius = (Math.max(0.6, Math.min(3.5, 40 / Math.sqrt(labels.length))) * scale) / 95;
  const spots = (wanted) => {
    for (let point = 0; point < labels.length; point += 1) {
      if ((labels[point] === UNLABELLED) !== wanted) continue;
      if (!wanted) brush.fillStyle = hues[labels[point] % hues.length];
      brush.beginPath();
      brush.arc(width / 2 + scale * places[2 * point], height / 2 - scale * places[2 * point + 1], radius, 0, 2 * Math.PI);
      brush.fill();
    }
  };
  brush.fillStyle = "rgba(153, 153, 153, .4)";
  spots(true);
  spots(false);
}

/** A small map of every model, with its mAP; each is a way to the large one. */
export class Maps {
  constructor(root, tell) {
    this.tell = tell;
    this.tiles = new Map();
    this.grid = root.appendChild(element("div", "tiles"));
    this.words = root.appendChild(element("p", "note"));
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(this.grid);
  }

  show(data, words) {
    this.data = data;
    this.words.textContent = words;
    const keys = new Set(data.models.map((model) => model.key));
    for (const [key, tile] of this.tiles) {
      if (keys.has(key)) continue;
      tile.box.remove();
      this.tiles.delete(key);
    }
    data.models.forEach((model, place) => {
      const tile = this.tiles.get(model.key) ?? this.build(model);
      if (this.grid.children[place] !== tile.box) this.grid.insertBefore(tile.box, this.grid.children[place] ?? null);
      this.fill(tile, model);
    });
  }

  build(model) {
    const tile = { box: element("button", "tile"), canvas: element("canvas"), name: element("strong"), value: element("span", "value"),
      title: element("span", "title"), bar: element("i") };
    tile.box.type = "button";
    tile.box.dataset.model = model.key;
    tile.box.onclick = () => this.tell({ map: model.key });
    const head = element("span", "head", "", tile.name, tile.value);
    tile.box.append(tile.canvas, head, element("span", "track", "", tile.bar), tile.title);
    this.tiles.set(model.key, tile);
    return tile;
  }

  fill(tile, model) {
    const { protocol } = this.data;
    const scored = model.map !== null;
    tile.model = model;
    tile.box.disabled = !model.places;
    tile.box.classList.toggle("doing", Boolean(model.doing));
    tile.name.textContent = model.key;
    tile.value.textContent = scored ? model.map.toFixed(1) : "";
    tile.title.textContent = model.doing || model.title;
    tile.bar.style.width = `${scored ? model.map : 0}%`;
    tile.bar.style.background = model.colour;
    tile.box.setAttribute("aria-label", [`${model.key}, ${model.title}`, scored ? `mAP ${model.map.toFixed(1)}, ${protocol}` : "",
      model.places ? "open its map" : model.doing || "not there yet"].filter(Boolean).join(": "));
    this.paint(tile);
  }

  async paint(tile) {
    const { places } = tile.model;
    const { labels, hues } = this.data;
    if (!places || tile.painted === places + labels) return;
    try {
      const [points, numbers] = await Promise.all([fetched(places), fetched(labels)]);
      tile.drawn = () => draw(tile.canvas, new Float32Array(points, 0, numbers.byteLength), new Uint16Array(numbers), hues);
      tile.painted = places + labels;
      tile.drawn();
      tile.box.dataset.painted = "yes";
    } catch {
      tile.title.textContent = "its map cannot be shown";
    }
  }

  redraw() {
    for (const tile of this.tiles.values()) tile.drawn?.();
  }

  end() {
    this.resized.disconnect();
  }
}
