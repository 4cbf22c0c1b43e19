/** What went wrong, said above the map, with a button that tries again; it goes away once something has gone right. */
export class Notice {
  constructor(element) {
    this.element = element;
  }

  /** Do a task, and say what goes wrong in it; `after` is done once it has gone right, be it when it is tried again. */
  async guard(task, after) {
    const began = performance.now();
    try {
      await task();
      if (this.since < began) this.clear();
    } catch (error) {
      return this.say(error.message, () => this.guard(task, after));
    }
    after?.();
  }

  /** Say something; what is `lasting` is no error that a success would end. */
  say(message, again, lasting = false) {
    this.since = lasting ? Infinity : performance.now();
    this.element.replaceChildren(message, ...(again ? [this.button("Try again", again)] : []), this.button("✕", () => this.clear(), "Close"));
  }

  clear() {
    this.element.replaceChildren();
  }

  button(text, act, title = "") {
    const button = document.createElement("button");
    button.textContent = text;
    if (title) button.setAttribute("aria-label", title);
    button.onclick = act;
    return button;
  }
}
