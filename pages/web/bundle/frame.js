import { element } from "../ranking/text.js";
import { select } from "./controls.js";
import { ComparePage } from "./compare_page.js";
import { LedgerPage } from "./ledger_page.js";
import { LessonLine } from "./lesson_line.js";
import { LessonPage } from "./lesson_page.js";
import { MapPage } from "./map_page.js";
import { RecipesPage } from "./recipes_page.js";
import { QueryPage } from "./query_page.js";
import { State } from "./state.js";
import { Veil } from "./veil.js";

const PAGES = { map: ["Map", MapPage], query: ["Query", QueryPage], compare: ["Compare", ComparePage], ledger: ["Ledger", LedgerPage],
  lesson: ["Lesson", LessonPage], recipes: ["Recipes", RecipesPage] };

/** The frame around the pages: the way from one to the next, the model, and the page that the address names. */
export class Frame {
  constructor(body, held) {
    this.held = held;
    this.state = new State();
    this.veil = new Veil(held);
    this.pages = Object.keys(PAGES).filter((name) => PAGES[name][1].has(held));
    this.models = select("Model", [], (model) => {
      this.state.put({ model });
      this.shown.update();
    });
    this.nav = element("nav");
    this.nav.setAttribute("aria-label", "Pages");
    this.links = Object.fromEntries(this.pages.map((name) => [name, this.nav.appendChild(element("a", "", PAGES[name][0]))]));
    const { dataset, run } = held.about;
    this.head = element("header", "", "", element("strong", "", `${dataset}, run ${run}`), this.nav, this.models.field);
    this.main = element("main");
    this.line = new LessonLine(held, this.state, this.veil, this.main, () => this.follow(false));
    body.append(this.head, this.main);
    window.addEventListener("hashchange", () => this.follow());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Show what the address says. */
  async follow(anew = true) {
    const { state, line } = this;
    if (anew) state.read();
    if (!this.pages.includes(state.page) && !line.current) state.page = this.pages[0];
    line.follow();
    if (!this.veil.models.includes(state.get("model"))) state.values.model = this.veil.models[0];
    const closed = this.closed(state.page);
    if (closed) {
      this.shown?.end();
      this.shown = this.name = null;
      this.main.replaceChildren(element("p", "note", closed));
      return this.tell();
    }
    if (this.name !== state.page) {
      this.shown?.end();
      this.name = state.page;
      this.main.replaceChildren();
      this.main.dataset.page = this.name;
      document.title = `${PAGES[this.name][0]} · ${this.held.about.dataset}`;
      this.shown = new PAGES[this.name][1](this.main, this.held, state, this);
    }
    this.tell();
    return this.shown.update();
  }

  /** Why a page is not shown; "" where it is. */
  closed(page) {
    if (!this.pages.includes(page)) return `This card shows the page ${page} of the app, which this file does not hold.`;
    const knows = ["map", "query", "lesson"].includes(page);
    return !knows && this.veil.what.size ? "This is hidden until the card is answered: press Enter, or the button above." : "";
  }

  /** Keep the head in line with what is chosen. */
  tell() {
    const { veil } = this;
    this.models.fill(this.held.content.models.filter(({ key }) => veil.models.includes(key)).map(({ key, title }) => [key, veil.model(key, title)]));
    this.models.set(this.state.get("model"));
    for (const [name, link] of Object.entries(this.links)) {
      link.href = this.state.address(name);
      if (name === this.name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** P shows a page alone, in large type. */
  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    if (event.key.toLowerCase() === "p") document.body.classList.toggle("alone");
    else if (event.key === "Escape") document.body.classList.remove("alone");
  }
}
