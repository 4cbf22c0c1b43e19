import { box } from "./strips.js";
import { button, called, element } from "./text.js";

const PATIENCE = 5000; // milliseconds in which the page has answered
const KEYS = { y: true, n: false };
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Rankings whose photographs are marked right or wrong, by a click or a key; the page answers every mark with another ranking. */
export class Marking {
  constructor(root, tell, enlarged) {
    this.tell = tell;
    this.enlarged = enlarged;
    this.undo = button("Undo", () => this.put(this.marks.slice(0, -1)), "Take the last mark away (U)");
    this.none = button("Take all marks away", () => this.put([]));
    this.count = element("span", "note");
    this.count.setAttribute("role", "status");
    this.lists = element("div", "strips");
    this.note = element("p", "note");
    root.append(element("div", "row", "", this.undo, this.none, this.count), this.lists, this.note);
    root.addEventListener("keydown", (event) => this.key(event));
  }

  show(data) {
    // What the page says of an earlier mark comes late when one follows another: it must not undo the last one.
    const late = this.asked && JSON.stringify(data.marks) !== JSON.stringify(this.asked.marks) && performance.now() - this.asked.at < PATIENCE;
    if (!late) this.asked = null;
    this.marks = late ? this.asked.marks : data.marks;
    this.data = data;
    this.draw();
  }

  draw() {
    const seat = this.seat();
    this.lists.replaceChildren(...this.data.strips.map(({ title, note, cards }) => {
      const row = element("div", "cards");
      row.style.setProperty("--card", `${this.data.width}px`);
      row.append(...cards.map((card, place) => this.slot(card, cards, place)));
      return element("section", "", "", element("h3", "", title, ...(note ? [element("small", "", note)] : [])), row);
    }));
    this.note.textContent = this.data.note;
    this.press();
    this.sit(seat);
  }

  slot(card, cards, place) {
    const sides = [true, false].map((right) => {
      const made = button(right ? "✓" : "✗", () => this.mark(card.id, right), right ? "Right (Y)" : "Wrong (N)");
      made.className = right ? "right" : "wrong";
      made.setAttribute("aria-label", `${called(card)} is ${right ? "right" : "wrong"}`);
      return made;
    });
    const made = element("div", "slot", "", box(card, () => this.enlarged.show(cards, place), this.enlarged.tell), element("div", "marks", "", ...sides));
    made.dataset.image = card.id;
    return made;
  }

  /** Show on every card how it is marked. */
  press() {
    for (const slot of this.slots()) {
      const mark = this.marks.find((one) => one.id === slot.dataset.image);
      const [right, wrong] = slot.querySelectorAll(".marks button");
      right.setAttribute("aria-pressed", String(mark?.right === true));
      wrong.setAttribute("aria-pressed", String(mark?.right === false));
    }
    const right = this.marks.filter((one) => one.right).length;
    this.count.textContent = `${right} marked right, ${this.marks.length - right} wrong`;
    this.undo.disabled = this.none.disabled = !this.marks.length;
  }

  /** Mark a photograph; the same mark once more takes it away. */
  mark(id, right) {
    const before = this.marks.find((one) => one.id === id);
    const others = this.marks.filter((one) => one.id !== id);
    this.put(before?.right === right ? others : [...others, { id, right }]);
  }

  put(marks) {
    this.marks = marks;
    this.asked = { marks, at: performance.now() };
    this.press();
    this.tell({ marks });
  }

  slots() {
    return [...this.lists.querySelectorAll(".slot[data-image]")];
  }

  /** Where the keyboard is: the photograph, and its place among all. */
  seat() {
    const slot = this.lists.getRootNode().activeElement?.closest?.(".slot[data-image]");
    return slot && this.lists.contains(slot) ? { id: slot.dataset.image, place: this.slots().indexOf(slot) } : null;
  }

  /** Put the keyboard back where it was: on the same photograph, or on what has taken its place. */
  sit(seat) {
    if (!seat) return;
    const slots = this.slots();
    const slot = slots.find((one) => one.dataset.image === seat.id) ?? slots[Math.min(seat.place, slots.length - 1)];
    slot?.querySelector(".card").focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "u" && this.marks.length) this.put(this.marks.slice(0, -1));
    const seat = this.seat();
    if (!seat) return;
    const to = (place) => this.slots()[place]?.querySelector(".card").focus();
    if (key in STEPS) to(seat.place + STEPS[key]);
    else if (key in KEYS) {
      to(seat.place + 1); // while the page answers: the next key is for the next photograph
      this.mark(seat.id, KEYS[key]);
    } else return;
    event.preventDefault();
  }
}
