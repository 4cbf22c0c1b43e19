import { button, called, element, photograph, WORDS } from "./text.js";

/** One photograph of a list, large, with what can be done with it; ← and → walk along the list. */
export class Enlarged {
  constructor(root, tell) {
    this.tell = tell;
    this.dialog = root.appendChild(element("dialog"));
    this.dialog.setAttribute("aria-label", "Photograph");
    this.dialog.onkeydown = (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.show(this.cards, this.place + by);
    };
    this.dialog.onclick = (event) => event.target === this.dialog && this.dialog.close();
  }

  show(cards, place) {
    if (place < 0 || place >= cards.length) return;
    Object.assign(this, { cards, place });
    const card = cards[place];
    const close = () => this.dialog.close();
    const told = [card.name || "unlabelled", WORDS[card.word], card.rank ? `rank ${card.rank}` : "",
      card.similarity === undefined ? "" : `similarity ${card.similarity.toFixed(3)}`, card.own ? "the query's own picture" : ""];
    const does = (event) => () => {
      close();
      this.tell(event);
    };
    this.dialog.replaceChildren(
      photograph(`${card.src}${card.src.includes("?") ? "&" : "?"}large=1`, called(card), false),
      element("p", "", "", element("strong", "", called(card)), ` · ${told.filter(Boolean).join(" · ")}`),
      element("div", "row", "", button("◀", () => this.show(cards, place - 1), "Before (←)"),
        button("▶", () => this.show(cards, place + 1), "Next (→)"),
        ...(card.why ? [button("Why this match", does({ match: card.id, ...card.why }))] : []),
        ...(card.elsewhere ? [] : [button("Make this the query", does({ photo: card.id })), button("Show on the map", does({ map: card.id }))]),
        button("Close", close)),
    );
    if (!this.dialog.open) this.dialog.showModal();
  }
}
