import { element, photograph, whyButton } from "../ranking/text.js";
import { verdict } from "./neighbours.js";

const SIGNS = { good: "✓", ok: "~", junk: "∅", wrong: "✗", unlabelled: "?", none: "" };
const WORDS = { good: "good", ok: "ok", junk: "junk, not counted", wrong: "wrong", unlabelled: "unlabelled", none: "" };
const WIDTH = 148; // pixels of a card, about, at the usual size of type; where less than two find room, they are smaller
const TYPE = 15; // pixels of the usual size of type
const GAP = 10;
const AHEAD = 2; // rows drawn beyond the visible ones

/** Photographs as cards that are only there while they can be seen: thousands scroll as smoothly as ten. */
export class Gallery {
  constructor(app, element) {
    this.app = app;
    this.element = element;
    this.inner = element.appendChild(document.createElement("div"));
    this.inner.className = "rows";
    this.cards = [];
    element.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(element);
  }

  /**
   * `cards`: [{ point, rank, similarity }], drawn from the top where `key` says that they are others. A card may say something else
   * (`told`), do something else than choose its photograph (`act`), and be one that can stay pressed (`pressed`).
   */
  show(cards, key) {
    this.cards = cards;
    this.drawn = null;
    if (key !== this.key) this.element.scrollTop = 0;
    this.key = key;
    this.draw();
  }

  /** Scroll until a card can be seen. */
  reveal(place) {
    const { high } = this.size();
    const top = Math.floor(place / this.columns) * (high + GAP);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop || top + high > scrollTop + clientHeight) this.element.scrollTop = top - Math.max(0, (clientHeight - high) / 2);
  }

  get type() {
    return parseFloat(getComputedStyle(this.element).fontSize) / TYPE;
  }

  get columns() {
    return Math.max(2, Math.floor((this.element.clientWidth + GAP) / (WIDTH * this.type + GAP)));
  }

  draw() {
    const { element, inner, cards, columns } = this;
    if (!element.clientWidth) return;
    const { wide: width, high: height } = this.size();
    const rows = Math.ceil(cards.length / columns);
    inner.style.height = `${rows * (height + GAP)}px`;
    const first = Math.max(0, Math.floor(element.scrollTop / (height + GAP)) - AHEAD);
    const last = Math.min(rows, Math.ceil((element.scrollTop + element.clientHeight) / (height + GAP)) + AHEAD);
    const now = `${this.key} ${first} ${last} ${columns} ${width}`;
    if (now === this.drawn) return;
    this.drawn = now;
    const shown = cards.slice(first * columns, last * columns).map((card, k) => {
      const place = first * columns + k;
      const box = this.card(card, place);
      Object.assign(box.style, {
        left: `${(place % columns) * (width + GAP)}px`, top: `${Math.floor(place / columns) * (height + GAP)}px`,
        width: `${width}px`, height: `${height}px`,
      });
      return box;
    });
    const focused = this.focused;
    inner.replaceChildren(...shown);
    if (focused !== null) this.focus(focused);
  }

  /** Width and height of a card in pixels. */
  size() {
    const wide = (this.element.clientWidth - GAP * (this.columns - 1) - 4) / this.columns;
    return { wide, high: wide * 0.75 + 50 * this.type };
  }

  /** The place of the card that has the keyboard's focus; null for none. */
  get focused() {
    const place = this.inner.contains(this.element.getRootNode().activeElement) && this.element.getRootNode().activeElement.dataset.place;
    return place ? Number(place) : null;
  }

  focus(place) {
    this.element.querySelector(`[data-place="${place}"]`)?.focus({ preventScroll: true });
  }

  card({ point, rank, similarity, told, act, pressed }, place) {
    const { app } = this;
    const word = verdict(app, point);
    const [id, called, landmark] = [app.scene.ids[point], app.hides.photograph(point), app.hides.landmarkOf(point)];
    const box = document.createElement("button");
    box.className = `card ${word}`;
    box.dataset.image = id;
    box.dataset.place = place;
    const picture = photograph(app.scene.photograph(point), `${called}, ${landmark}${WORDS[word] ? `, ${WORDS[word]}` : ""}`, false);
    const text = document.createElement("span");
    const counted = [rank ? `${rank}.` : "", similarity === undefined ? "" : similarity.toFixed(3)].filter(Boolean).join(" ");
    text.textContent = told ?? (counted || called);
    const name = document.createElement("span");
    name.textContent = landmark;
    name.className = "name";
    box.append(picture, text, name);
    if (pressed !== undefined) box.setAttribute("aria-pressed", String(pressed));
    if (SIGNS[word]) {
      const mark = box.appendChild(document.createElement("b"));
      mark.textContent = SIGNS[word];
    }
    box.onpointerenter = box.onfocus = () => app.ringPoint(point);
    box.onpointerleave = box.onblur = () => app.ringPoint(-1);
    box.onclick = act ?? (() => app.select([point]));
    if (rank === undefined) return box;
    return element("div", "slot", "", box, whyButton(called, () => app.askWhy(id)));
  }

  /** Move the keyboard's focus by some cards. */
  step(by) {
    const { focused } = this;
    const place = focused === null ? (by > 0 ? 0 : this.cards.length - 1) : focused + by;
    if (place < 0 || place >= this.cards.length) return;
    this.element.querySelector(`[data-place="${place}"]`)?.focus();
  }
}
