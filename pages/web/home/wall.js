import { element, photograph } from "../ranking/text.js";

const CELLS = 48;
const TITLES = { town: "The town", "town-train": "Landmarks to train on", shapes: "Fractal classes to start from" };

/** A wall of the newest photographs: it fills cell by cell, then each new one takes the place of the oldest. */
export class Wall {
  constructor(root) {
    this.root = root;
    this.shown = new Set();
    this.title = element("h3");
    this.grid = element("div", "cells");
    this.root.append(this.title, this.grid);
  }

  show({ name, done, total, newest }) {
    const counted = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} pictures`;
    this.title.textContent = `${TITLES[name] ?? name} as rendered: ${counted}, the newest`;
    if (name !== this.name) this.clear(name);
    for (const { id, src } of newest.filter((one) => !this.shown.has(one.id)).reverse()) {
      this.shown.add(id);
      this.put(this.cells[this.next % CELLS], photograph(src, id.replace(/^jpg\/|\.jpg$/g, ""), false));
      this.next += 1;
    }
  }

  clear(name) {
    this.name = name;
    this.shown.clear();
    this.next = 0;
    this.cells = Array.from({ length: CELLS }, () => element("div"));
    this.grid.replaceChildren(...this.cells);
  }

  /** What a cell holds stays until the new picture can be drawn: nothing flickers. */
  put(cell, picture) {
    picture.onload = () => cell.replaceChildren(picture);
  }
}
