import { show } from "../lesson/main.js";
import { Mounted } from "./mounted.js";

const MODEL_KEYS = 8; // keys 1 to 8 choose a model
const PAGES = { "": "map", start: "map" }; // where a card leads whose page the bundle does not have in this form

/** The lesson that is on: its bar above the pages, the way from card to card, and what a card hides. */
export class LessonLine {
  constructor(held, state, veil, place, changed) {
    Object.assign(this, { held, state, veil, place, changed, answered: [] });
  }

  /** The lesson that the address names, and the number of its card; null where none is on. */
  get current() {
    const lesson = this.held.content.lessons.find((one) => one.name === this.state.get("lesson"));
    const number = Number(this.state.get("card"));
    return lesson && Number.isInteger(number) && number >= 1 && number <= lesson.cards.length ? { lesson, number } : null;
  }

  /** Show the bar, or take it away, as the address says. */
  follow() {
    const { current } = this;
    const waits = current && !this.answered.includes(current.number);
    this.veil.what = new Set(waits ? current.lesson.views[current.number - 1].hides : []);
    if (!current) {
      this.bar?.end();
      this.bar?.host.remove();
      this.bar = null;
      this.answered = [];
      return;
    }
    if (!this.bar) {
      this.bar = new Mounted(this.held, "lesson", show, (name, value) => this.hear(name, value));
      this.place.before(this.bar.host);
    }
    const { name, title, cards } = current.lesson;
    this.bar.tell({ lesson: name, title, number: current.number, cards, answered: this.answered, models: this.held.models.slice(0, MODEL_KEYS), presenter: "" });
  }

  /** The page that a card shows and its address; another page of the app is said. */
  view(lesson, number) {
    const { page, given } = lesson.views[number - 1];
    const { method = "", selection = "", ...others } = given;
    const ids = selection.startsWith("~") ? "" : selection.split(",").map((id) => decodeURIComponent(id).replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
    return { page: PAGES[page] ?? page, values: { ...others, projection: method, selection: ids, lesson: lesson.name, card: String(number) } };
  }

  address(lesson, number) {
    const { page, values } = this.view(lesson, number);
    return this.state.fresh(page, values);
  }

  hear(name, value) {
    if (name === "answered") {
      this.answered = value ?? [];
      this.changed();
    } else if (value.leave) {
      this.state.put({ card: "" });
      this.changed();
    } else if (value.model) {
      this.state.put({ model: value.model });
      this.changed();
    } else if (value.step) {
      location.hash = this.address(this.current.lesson, value.step);
    }
  }
}
