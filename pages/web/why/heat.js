import { element } from "../ranking/text.js";
import { beside, Side } from "./side.js";

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const REST = "Point at a place in one picture, and see where in the other its partners lie. A click holds it.";

/** Heat over two pictures; what one points at in either lights up its partners in the other. */
export class Heat {
  constructor(root, data) {
    this.pairs = new Float32Array(bytes(data.pairs).buffer);
    const ramp = bytes(data.ramp);
    const row = beside(data.first, data.second);
    this.sides = [data.first, data.second].map((side, which) => new Side(row, side, ramp, (cell) => this.point(which, cell)));
    this.similarity = data.first.grid.reduce((sum, value) => sum + value, 0);
    this.told = element("p", "told", REST);
    this.told.setAttribute("aria-live", "polite");
    root.append(row, this.told, this.legend(ramp, [...data.first.grid, ...data.second.grid].some((value) => value < 0)));
  }

  /** What a cell of one picture adds together with every cell of the other. */
  partners(which, cell) {
    const count = this.sides[1].data.grid.length;
    if (which === 0) return Array.from(this.pairs.subarray(cell * count, (cell + 1) * count));
    return this.sides[0].data.grid.map((_, other) => this.pairs[other * count + cell]);
  }

  point(which, cell) {
    const [side, other] = which === 0 ? this.sides : [this.sides[1], this.sides[0]];
    other.release();
    side.rest();
    if (cell === null) {
      other.rest();
      this.told.textContent = REST;
      return;
    }
    side.mark(side.here, cell);
    const values = this.partners(which, cell);
    other.partners(values);
    const [adds, best] = [side.data.grid[cell], values[other.strongest(values)]];
    const columns = side.columns;
    this.told.textContent = `Row ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1} of ${side.data.name} adds ${adds.toFixed(4)}; ` +
      `with its strongest partner, marked in ${other.data.name}, ${best.toFixed(4)}.`;
  }

  legend(ramp, takes) {
    const colours = [0, 64, 128, 192, 255].map((share) => `rgba(${[...ramp.subarray(4 * (255 + share), 4 * (255 + share) + 3)]}, ${ramp[4 * (255 + share) + 3] / 255})`);
    const blues = [255, 192, 128, 64, 0].map((share) => `rgba(${[...ramp.subarray(4 * (255 - share), 4 * (255 - share) + 3)]}, ${ramp[4 * (255 - share) + 3] / 255})`);
    const bar = element("i", "bar");
    bar.style.backgroundImage = `linear-gradient(90deg, ${[...(takes ? blues : []), ...colours].join(", ")})`;
    return element("p", "legend", "", takes ? "takes away the most" : "adds nothing", bar, "adds the most, in this picture");
  }

  end() {}
}
