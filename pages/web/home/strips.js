import { element, photograph, SIGNS, WORDS } from "../ranking/text.js";

function answer(card) {
  const box = element("li", `card ${card.word}`);
  box.append(photograph(card.src, [card.rank ? `${card.rank}.` : "–", card.id, WORDS[card.word]].filter(Boolean).join(" ")));
  if (SIGNS[card.word]) box.append(element("b", "", SIGNS[card.word]));
  return box;
}

/** A query, and its first answers under each of the models, one below the other; the whole is a way to the page Query. */
function block(query, tell) {
  const open = element("button", "open", query.id);
  open.type = "button";
  open.onclick = () => tell({ query: query.id });
  open.dataset.query = query.id;
  const strips = query.strips.map((strip) => {
    const name = element("span", "model", "", element("strong", "", strip.model), element("span", "", `AP ${strip.ap.toFixed(1)}`));
    name.style.borderColor = strip.colour;
    const cards = element("ol", "", "", ...strip.cards.map(answer));
    return element("div", "strip", "", name, cards);
  });
  const asked = photograph(query.src, `the query ${query.id}`);
  return element("section", "query", "", element("h4", "", "", open), element("div", "asked", "", asked, element("div", "answers", "", ...strips)));
}

export class Strips {
  constructor(root, tell) {
    this.tell = tell;
    this.floor = element("div", "blocks");
    this.words = element("p", "note");
    root.append(element("h3", "", "From the weakest model to the best"), this.floor, this.words);
  }

  show(queries, words) {
    this.floor.replaceChildren(...queries.map((query) => block(query, this.tell)));
    this.words.textContent = words;
  }
}
