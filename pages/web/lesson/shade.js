import { element } from "../ranking/text.js";

const WIDE = 150; // pixels of the light's radius
const ABOVE = 2_000_000_000; // over all that Streamlit and a part that is shown alone lay over the page

/** What lies over the whole page: nothing but black, or a light that follows the mouse while all else is dim. */
export class Shade {
  constructor() {
    this.cover = Object.assign(element("div"), { hidden: true });
    this.cover.setAttribute("aria-hidden", "true");
    Object.assign(this.cover.style, { position: "fixed", inset: 0, zIndex: ABOVE, display: "none" });
    this.cover.onclick = () => this.show("");
    this.kind = "";
    this.move = ({ clientX, clientY }) => this.light(clientX, clientY);
    document.body.append(this.cover);
  }

  /** Show one kind, "blank" or "spot"; again, or "", shows the page. */
  toggle(kind) {
    this.show(this.kind === kind ? "" : kind);
  }

  show(kind) {
    this.kind = kind;
    Object.assign(this.cover.style, { display: kind ? "block" : "none", pointerEvents: kind === "blank" ? "auto" : "none", background: "#000",
      cursor: kind === "blank" ? "none" : "" });
    this.cover.hidden = !kind;
    this.cover.dataset.kind = kind;
    document.removeEventListener("pointermove", this.move);
    if (kind === "spot") {
      document.addEventListener("pointermove", this.move);
      this.light(window.innerWidth / 2, window.innerHeight / 2);
    }
    this.changed?.();
  }

  light(x, y) {
    this.cover.style.background = `radial-gradient(circle at ${x}px ${y}px, transparent ${WIDE}px, rgba(0, 0, 0, .78) ${WIDE + 24}px)`;
  }

  end() {
    this.show("");
    this.cover.remove();
  }
}
