import { button, element } from "../ranking/text.js";
import { Line } from "./channel.js";
import { listenToKeys } from "./keys.js";
import { markdown } from "./markdown.js";
import { presented } from "./presented.js";
import { Ask } from "./question.js";
import { Shade } from "./shade.js";
import { Store } from "./store.js";
import { swiped } from "./swipe.js";

const PATIENCE = 8000; // milliseconds in which the page has followed to another card
const SIGNS = { holds: "✓ Holds here", fails: "✗ Does not hold here", undecided: "≈ Not decided here", missing: "? Not known here" };
const KEYS = [["← →", "previous and next card"], ["Enter", "reveal"], ["1 … 8", "a model of the run"], ["B", "blank screen"],
  ["S", "spotlight that follows the mouse"], ["Esc", "end of blank and spotlight"]];

/** The bar: the card in text, its question, and all that the keys of a lesson do. */
export class Bar {
  constructor(root, tell) {
    Object.assign(this, { root, tell, number: 0, models: [] });
    this.shade = new Shade();
    this.shade.changed = () => this.report();
    this.build();
    this.forgetKeys = listenToKeys(this);
    this.forgetSwipes = swiped(root, (by) => this.step(by));
    this.fit = new ResizeObserver(() => document.documentElement.style.setProperty("--lesson", `${root.offsetHeight}px`));
    this.fit.observe(root);
  }

  build() {
    this.before = button("◀", () => this.step(-1), "Previous card (←)");
    this.after = button("▶", () => this.step(1), "Next card (→)");
    this.before.setAttribute("aria-label", "Previous card");
    this.after.setAttribute("aria-label", "Next card");
    this.place = element("span", "place");
    this.title = element("h2");
    this.open = button("Reveal", () => this.reveal(), "Show what is true, and what was hidden (Enter)");
    this.open.className = "reveal";
    this.presenter = button("Presenter’s window", () => this.present(), "Note, next card, truth and clock in a window of their own");
    this.help = element("dl", "", "", ...KEYS.map(([key, does]) => element("div", "", "", element("dt", "", key), element("dd", "", does))));
    this.menu = element("details", "menu", "", element("summary", "", "⋯"), element("div", "", "", this.presenter,
      button("Spotlight", () => this.shade.toggle("spot"), "(S)"), button("Blank screen", () => this.shade.toggle("blank"), "(B)"),
      button("Clear the answers", () => this.clear(), "Of the whole lesson"), button("Leave the lesson", () => this.tell("event", { leave: true })), this.help));
    this.menu.firstChild.setAttribute("aria-label", "More: presenter’s window, blank, spotlight, keys, leave");
    this.menu.onclick = (event) => event.target.closest("button") && (this.menu.open = false);
    this.done = element("i");
    this.body = element("div", "body");
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-label", "Card");
    this.root.append(element("header", "", "", this.before, this.place, this.after, this.title, this.open, this.menu), element("div", "progress", "", this.done), this.body);
  }

  /** Take over what the page says; what it says of an earlier card comes late when one key follows another. */
  show(data) {
    if (data.lesson !== this.data?.lesson) {
      this.store = new Store(data.lesson);
      this.number = 0;
    }
    const late = this.asked && data.number !== this.asked.number && performance.now() - this.asked.at < PATIENCE;
    if (!late) this.asked = null;
    this.data = data;
    this.models = data.models;
    this.line ??= new Line(() => presented(this), (key) => this.press(key));
    this.presenter.hidden = !data.presenter;
    const told = JSON.stringify([data.cards, late ? this.number : data.number]);
    if (told !== this.drawn) {
      this.drawn = told;
      this.go(late ? this.number : data.number);
    }
    const answered = this.store.answered(data.cards);
    if (JSON.stringify(answered) !== JSON.stringify(data.answered) && JSON.stringify(answered) !== this.said) {
      this.said = JSON.stringify(answered);
      this.tell("answered", answered); // after a reload the page knows nothing of what was answered
    }
  }

  get card() {
    return this.data.cards[this.number - 1];
  }

  get tally() {
    return this.store.of(this.number, this.card.title);
  }

  /** Show a card; the page follows when it can. */
  go(number) {
    const other = number !== this.number;
    this.number = Math.min(this.data.cards.length, Math.max(1, number));
    if (other) this.since = Date.now();
    const { card, data } = this;
    this.place.textContent = `${this.number} of ${data.cards.length}`;
    this.title.textContent = card.title;
    this.done.style.width = `${(100 * this.number) / data.cards.length}%`;
    this.before.disabled = this.number === 1;
    this.after.disabled = this.number === data.cards.length;
    this.ask = card.question && new Ask(card.question, this.tally, (changes) => this.keep(changes));
    this.claim = element("p", "claim");
    const text = markdown(element("div", "text"), card.text);
    text.append(this.claim);
    this.body.replaceChildren(text, ...(this.ask ? [this.ask.root] : []));
    this.body.classList.toggle("asking", Boolean(this.ask));
    if (other) this.body.scrollTop = 0;
    this.root.dataset.card = this.number;
    this.revealed();
  }

  step(by) {
    const wanted = this.number + by;
    if (wanted < 1 || wanted > this.data.cards.length) return;
    this.asked = { number: wanted, at: performance.now() };
    this.drawn = "";
    this.go(wanted);
    const { map } = this.card;
    if (map) window.dispatchEvent(new CustomEvent("lesson-map", { detail: { ...map, hides: this.waits ? this.card.hides : [] } }));
    this.tell("event", { step: wanted });
  }

  /** Whether there is something to reveal on this card that is not revealed yet. */
  get waits() {
    const { card } = this;
    return Boolean((card.question && !card.question.missing) || card.hides.length) && !this.tally.answered;
  }

  reveal() {
    if (!this.waits) return;
    this.keep({ answered: true });
    this.ask?.reveal();
    this.revealed();
    this.said = JSON.stringify(this.store.answered(this.data.cards));
    this.tell("answered", this.store.answered(this.data.cards));
  }

  revealed() {
    const { card, waits } = this;
    this.open.hidden = !waits;
    this.open.textContent = card.question && !card.question.missing ? "Reveal" : `Show ${card.hides.join(", ")}`;
    this.root.dataset.waits = String(waits);
    const { verdict } = card;
    this.claim.hidden = waits || !verdict;
    this.claim.textContent = verdict && !waits ? `${SIGNS[verdict.state] ?? verdict.state}: ${verdict.words}` : "";
    this.claim.dataset.state = verdict?.state ?? "";
    this.report();
  }

  keep(changes) {
    this.store.change(this.number, this.card.title, changes);
    this.report();
  }

  clear() {
    this.store.clear();
    this.said = "[]";
    this.tell("answered", []);
    this.go(this.number);
  }

  chooseModel(place) {
    this.tell("event", { model: this.models[place] });
  }

  present() {
    const address = new URL(`${this.data.presenter}?tab=${this.line.tab}`, document.baseURI);
    window.open(address, `lesson-${this.line.tab}`, "popup,width=900,height=760");
  }

  /** What a key of the presenter's window means. */
  press(key) {
    ({ next: () => this.step(1), previous: () => this.step(-1), reveal: () => this.reveal(), blank: () => this.shade.toggle("blank") })[key]?.();
  }

  report() {
    if (this.number) this.line?.tell();
  }

  end() {
    this.line?.end();
    this.shade.end();
    this.fit.disconnect();
    this.forgetKeys();
    this.forgetSwipes();
    document.documentElement.style.removeProperty("--lesson");
    this.root.replaceChildren();
  }
}
