import { called, element, photograph, SIGNS, whyButton, WORDS } from "./text.js";

/** How a card's place differs from its place under the other model. */
function moved(card) {
  if (!card.other || !card.rank) return "";
  const by = card.other - card.rank;
  if (card.only) return `only here (other: ${card.other.toLocaleString("en")})`;
  return by === 0 ? "same rank" : `${by > 0 ? "▲" : "▼"} ${Math.abs(by)} (other: ${card.other})`;
}

/** A photograph as a button that enlarges it, with what is known of its place in the ranking. */
export function box(card, open, tell) {
  const made = element("button", `card ${card.word}${card.own ? " own" : ""}`);
  made.type = "button";
  made.dataset.image = card.id;
  const place = card.rank ? `${card.rank}.` : card.word === "junk" ? "–" : "";
  const value = card.similarity === undefined ? "" : card.similarity.toFixed(3);
  const caption = card.caption ?? [place, value, card.own ? "own" : ""].filter(Boolean).join(" ");
  made.append(photograph(card.src, [called(card), WORDS[card.word]].filter(Boolean).join(", ")), element("span", "", caption),
    element("span", "name", card.name || "unlabelled"));
  if (SIGNS[card.word]) made.append(element("b", "", SIGNS[card.word]));
  const change = moved(card);
  if (change) made.append(element("em", card.only ? "only" : card.other > card.rank ? "up" : card.other < card.rank ? "down" : "", change));
  made.onclick = open;
  if (!card.why) return made;
  return element("div", "slot", "", made, whyButton(called(card), () => tell({ match: card.id, ...card.why })));
}

/** Rankings as strips of cards, under each other or side by side. */
export function drawStrips(root, data, enlarged) {
  const floor = element("div", data.beside ? "strips beside" : "strips");
  for (const { title, note, cards } of data.strips) {
    const row = element("div", "cards");
    row.style.setProperty("--card", `${data.width}px`);
    row.append(...cards.map((card, place) => box(card, () => enlarged.show(cards, place), enlarged.tell)));
    const strip = element("section");
    if (title) strip.append(element("h3", "", title, ...(note ? [element("small", "", note)] : [])));
    strip.append(row);
    floor.append(strip);
  }
  root.append(floor);
  if (data.note) root.append(element("p", "note", data.note));
}
