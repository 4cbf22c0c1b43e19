import { button, element, photograph, SIGNS, WORDS } from "../ranking/text.js";
import { Places } from "./places.js";

const shown = (value) => (value === null ? "–" : value.toFixed(1));

/** A slider over the exponents; the map and the first photographs move with it, without asking the server. */
export class Knob {
  constructor(root, data) {
    Object.assign(this, { root, data, at: data.at });
    this.slider = element("input");
    Object.assign(this.slider, { type: "range", min: 0, max: data.powers.length - 1, step: 1, value: data.at });
    this.slider.setAttribute("aria-label", "p of GeM");
    this.slider.oninput = () => this.turn(Number(this.slider.value));
    this.slider.onchange = () => this.tell({ value: data.powers[this.at] });
    this.said = element("output");
    this.said.setAttribute("aria-live", "polite");
    const own = button(`Default: ${data.powers[data.own]}`, () => {
      this.slider.value = data.own;
      this.turn(data.own);
      this.tell({ value: data.powers[data.own] });
    }, `The p of ${data.model}`);
    this.cards = element("div", "found");
    this.places = new Places(data, (number) => this.tell({ photo: data.ids[number] }));
    const ends = element("div", "turn", "", element("span", "", "1 · mean"), this.slider, element("span", "", "∞ · maximum"), own);
    const map = element("figure", "", "", this.places.canvas, element("figcaption", "", "Places by PCA, each turned onto the one " +
      "before. Lines lead to the first found; distances between clusters mean nothing. Click a point to search for it."));
    root.append(ends, this.said, element("div", "both", "", map, this.cards));
    for (const card of Object.values(data.cards)) new Image().src = card.src; // there before they are found
    this.turn(data.at);
  }

  turn(at) {
    this.at = at;
    const { powers, ap, map } = this.data;
    const words = [`p = ${powers[at]}`, ap[at] === null ? "" : `AP of this query ${shown(ap[at])}`, map[at] === null ? "" : `mAP ${shown(map[at])}`];
    this.said.textContent = words.filter(Boolean).join(" · ");
    this.slider.setAttribute("aria-valuetext", `p = ${powers[at]}`);
    this.cards.replaceChildren(...this.data.found[at].map((number, place) => this.card(number, place)));
    this.places.turn(at);
    this.root.dataset.at = at;
  }

  card(number, place) {
    const card = this.data.cards[number];
    const before = this.data.found[this.data.own].indexOf(number);
    const made = button("", () => this.tell({ photo: card.id }), `Search for ${card.id}`);
    made.className = `card ${card.word}${card.own ? " own" : ""}`;
    made.dataset.image = card.id;
    const moved = before < 0 ? "new" : before === place ? "" : `${before > place ? "▲" : "▼"} ${Math.abs(before - place)}`;
    made.append(photograph(card.src, [card.id, WORDS[card.word]].filter(Boolean).join(", "), false),
      element("span", "", [`${place + 1}.`, this.data.similarities[this.at][place].toFixed(3), moved].filter(Boolean).join(" ")),
      element("span", "name", card.name || "unlabelled"));
    if (SIGNS[card.word]) made.append(element("b", "", SIGNS[card.word]));
    return made;
  }

  end() {
    this.places.end();
  }
}
