const KEY = "p";
const PARTS = '[class*="st-key-alone-"]';

/** The one part of the page that is shown alone, over everything else. */
class Stage {
  constructor() {
    this.shown = null;
    this.below = null;
    this.back = document.createElement("button");
    this.back.className = "alone-back";
    this.back.textContent = "✕ Back";
    this.back.title = "Back to the page (Esc or P)";
    this.back.onclick = () => this.leave();
    document.addEventListener("pointerover", (event) => (this.below = event.target.closest?.(PARTS) ?? null));
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
    document.addEventListener("fullscreenchange", () => !document.fullscreenElement && this.leave());
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.shown && !event.composedPath()[0].closest?.("dialog")) {
      event.stopImmediatePropagation(); // Esc means this now, and not the selection of a map
      return this.leave();
    }
    const target = event.composedPath()[0];
    if (event.key.toLowerCase() !== KEY || /INPUT|TEXTAREA|SELECT/.test(target.tagName) || target.isContentEditable) return;
    if (this.shown) return this.leave();
    const wanted = this.below?.isConnected ? this.below : document.querySelector(PARTS);
    if (wanted) this.show(wanted);
  }

  /** Show an element alone; the window is filled even where the browser grants no full screen. */
  show(element) {
    this.leave();
    this.shown = element;
    element.classList.add("shown-alone");
    element.style.background = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
    document.body.classList.add("has-alone");
    document.body.append(this.back);
    document.documentElement.requestFullscreen?.().catch(() => {});
    this.watch = new MutationObserver(() => {
      if (!element.isConnected) this.leave();
      else if (!element.classList.contains("shown-alone")) element.classList.add("shown-alone"); // the page was drawn anew
    });
    this.watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  }

  leave() {
    if (!this.shown) return;
    this.watch.disconnect();
    this.shown.classList.remove("shown-alone");
    document.body.classList.remove("has-alone");
    this.shown = null;
    this.back.remove();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }
}

const stage = new Stage();

/** What Streamlit calls when the page is drawn: the button of one part. */
export function show({ parentElement, data }) {
  parentElement.querySelector("button").onclick = () => {
    const part = document.querySelector(`.st-key-${data.part}`);
    if (part) stage.show(part);
  };
}
