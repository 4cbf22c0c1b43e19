import { element } from "../ranking/text.js";
import { link } from "./controls.js";

/** The lessons of the bundle: each card is a way into it. */
export class LessonPage {
  static has(held) {
    return held.content.lessons.length > 0;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { root, held, frame });
  }

  update() {
    const { line } = this.frame;
    this.root.replaceChildren(...this.held.content.lessons.map((lesson) => element("section", "lessons", "", element("h2", "", lesson.title), element("p", "", lesson.about),
      link("Begin", line.address(lesson, 1)),
      element("ol", "", "", ...lesson.cards.map((card, place) => element("li", "", "", link(card.title, line.address(lesson, place + 1))))))));
    this.frame.tell();
  }

  end() {}
}
