import { button, element, photograph } from "../ranking/text.js";
import { tabbedTo } from "./keys.js";
import { markdown } from "./markdown.js";
import { median, said } from "./question.js";

const KEYS = { ArrowLeft: "previous", PageUp: "previous", ArrowRight: "next", PageDown: "next", Enter: "reveal", b: "blank", B: "blank" };
const WAIT = 1500; // milliseconds after which it is asked again, until somebody answers

/** Milliseconds as minutes and seconds. */
export const clock = (passed) => {
  const seconds = Math.max(0, Math.floor(passed / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** The presenter's window: it hears from the bar of one tab, and sends its keys back. */
class Presenter {
  constructor(root, tab) {
    this.channel = new BroadcastChannel(`lesson ${tab}`);
    this.channel.onmessage = ({ data }) => this.hear(data);
    this.title = element("h1", "", "Waiting for the lesson …");
    this.clock = element("span", "clock");
    this.blank = element("strong", "blank", "The screen is blank");
    this.note = element("section", "note");
    this.asked = element("section");
    this.next = element("p");
    const send = (text, key, title) => button(text, () => this.send(key), title);
    this.floor = element("div", "", "", element("nav", "", "", send("◀ Previous", "previous", "(←)"), send("Next ▶", "next", "(→)"),
      send("Reveal", "reveal", "(Enter)"), send("Blank", "blank", "(B)"), this.blank), this.note, this.asked, this.next);
    this.floor.hidden = true;
    root.append(element("header", "", "", this.title, this.clock), this.floor);
    document.addEventListener("keydown", (event) => this.key(event));
    this.pressesButton = tabbedTo();
    setInterval(() => this.tick(), 500);
    this.ask();
  }

  ask() {
    this.channel.postMessage({ kind: "ask" });
    clearTimeout(this.again);
    this.again = setTimeout(() => this.ask(), WAIT);
  }

  send(key) {
    this.channel.postMessage({ kind: "key", key });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    if (event.key === "Enter" && this.pressesButton(event.target)) return;
    event.preventDefault();
    if (!event.repeat) this.send(KEYS[event.key]);
  }

  hear(data) {
    if (data.kind === "ended") {
      this.state = null;
      this.floor.hidden = true;
      this.clock.textContent = "";
      this.title.textContent = "The lesson is closed, or its page is loading. Waiting …";
      return this.ask(); // it may have been a reload
    }
    if (data.kind !== "state") return;
    clearTimeout(this.again);
    this.state = data;
    this.draw();
  }

  draw() {
    const { state } = this;
    this.floor.hidden = false;
    document.title = `${state.number} of ${state.count} · ${state.lesson}`;
    this.title.textContent = `${state.number} of ${state.count} · ${state.title}`;
    this.note.replaceChildren();
    if (state.note.trim()) markdown(this.note, state.note);
    else this.note.append(element("p", "", "No note."));
    this.asked.replaceChildren(...this.question(state));
    this.next.replaceChildren(element("strong", "", "Next: "), state.next || "the lesson ends here");
    this.blank.hidden = !state.blank;
    this.tick();
  }

  question({ question, verdict, answered }) {
    const parts = [];
    if (question) {
      parts.push(element("h2", "", question.missing || question.ask));
      if (question.options.length) parts.push(element("ol", "options", "", ...question.options.map((option) => this.option(option))));
      if (question.guesses.length) parts.push(element("p", "", `Guesses: ${question.guesses.map((guess) => said(guess)).join(", ")}; median ${said(median(question.guesses))}`));
      if (question.truth) parts.push(element("p", "truth", "", element("strong", "", `True: ${question.truth}. `), question.why));
      parts.push(element("p", "", answered ? "Revealed." : "Not revealed yet."));
    }
    if (verdict) parts.push(element("p", "", `The claim ${verdict.state}: ${verdict.words}`));
    return parts;
  }

  option({ words, src, count, right }) {
    const hands = `${count} ${count === 1 ? "hand" : "hands"}`;
    return element("li", right ? "right" : "", "", ...(src ? [photograph(src, words, false)] : []), `${right ? "✓ " : ""}${words}: ${hands}`);
  }

  tick() {
    if (!this.state) return;
    const now = Date.now();
    this.clock.textContent = `${clock(now - this.state.started)} in all · ${clock(now - this.state.since)} on this card`;
  }
}

new Presenter(document.querySelector("main"), new URLSearchParams(location.search).get("tab"));
