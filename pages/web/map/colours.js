import { colouringAddress, passing } from "./colouring.js";
import { Drawing } from "./drawing.js";

/** What the points are coloured and filtered by. */
export class Coloured extends Drawing {
  /** Fetch the values of the chosen colouring under the model, the query and k of now, where they are others. */
  async recolour() {
    const { scene } = this;
    const address = colouringAddress(this);
    this.strip.recolour();
    if (address === this.coloured) return;
    this.coloured = address;
    let found = null;
    if (address) {
      await this.notice.guard(async () => {
        found = await scene.loadValues(address);
      });
    }
    if (this.coloured !== address) return;
    this.colouring = found;
    this.mask = passing(this);
    this.repaint();
    this.measures.draw();
    this.legend.draw();
  }

  /** Another colouring; what was shown of the one before says nothing of it. */
  setColour(key) {
    [this.colour, this.only] = [key, ""];
    this.recolour();
    this.repaint();
    this.strip.draw();
    this.legend.draw();
    this.tell();
  }

  /** Show only some values of the colouring. */
  setOnly(text) {
    this.only = text;
    this.filtered();
    this.legend.draw();
  }

  /** Bring the map in line with which landmarks are isolated. */
  isolate() {
    this.repaint();
    this.legend.draw();
    this.strip.draw();
    if (this.landmarks.shown) this.panel.draw();
    this.tell();
  }

  clearFilter() {
    [this.only, this.brush] = ["", { similarity: null, hubness: null }];
  }

  /** Bring the map in line with what is filtered. */
  filtered(told = true) {
    const before = this.mask;
    this.mask = passing(this);
    if (before || this.mask) {
      this.repaint();
      this.strip.draw();
    }
    this.measures.draw();
    if (told) this.tell();
  }

  /** Ask the page to keep the selection as a bin. */
  keep(name) {
    this.ask("keep", { name, ids: this.selection.map((point) => this.scene.ids[point]), how: this.how });
  }
}
