import { truth } from "./question.js";

const address = (src) => src && new URL(src, document.baseURI).href;

function asked(question, tally) {
  const { options, answers, ask, why, missing } = question;
  return {
    ask, why, missing, truth: missing ? "" : truth(question), guesses: tally.guesses,
    options: options.map(({ words, src }, place) => ({ words, src: address(src), count: tally.counts[place] ?? 0, right: answers.includes(place) })),
  };
}

/** What the presenter's window shows of the bar as it is now: a PresenterState. */
export function presented(bar) {
  const { card, data, number, tally } = bar;
  return {
    kind: "state", lesson: data.title, number, count: data.cards.length, title: card.title, note: card.note,
    next: data.cards[number]?.title ?? "", question: card.question && asked(card.question, tally), verdict: card.verdict,
    answered: tally.answered, blank: bar.shade.kind === "blank", started: bar.store.started, since: bar.since,
  };
}
