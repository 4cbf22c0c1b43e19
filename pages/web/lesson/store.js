/** What a class has said in a lesson, kept in the browser's session: the tally of every card, and which cards are answered. */
export class Store {
  constructor(lesson, storage = window.sessionStorage) {
    this.name = `lesson ${lesson}`;
    this.storage = storage;
    this.held = JSON.parse(storage.getItem(this.name) ?? "null") ?? { started: Date.now(), cards: {} };
    this.save();
  }

  save() {
    this.storage.setItem(this.name, JSON.stringify(this.held));
  }

  get started() {
    return this.held.started;
  }

  /** What was said of a card: hands by option, numbers that were typed in, whether it is answered. Of another card in its place nothing. */
  of(number, title) {
    const found = this.held.cards[number];
    return found?.title === title ? found : { title, counts: [], guesses: [], answered: false };
  }

  change(number, title, changes) {
    this.held.cards[number] = { ...this.of(number, title), ...changes };
    this.save();
  }

  /** Numbers of the answered ones among cards. */
  answered(cards) {
    return cards.flatMap(({ title }, place) => (this.of(place + 1, title).answered ? [place + 1] : []));
  }

  clear() {
    this.held.cards = {};
    this.save();
  }
}
