import { button, element, photograph } from "../ranking/text.js";

/** A number as it is said: four digits that count. */
export const said = (value, unit = "") => `${Number(value.toPrecision(4))}${unit ? ` ${unit}` : ""}`;

/** What is true, in words. */
export function truth({ options, answers, value, unit }) {
  return options.length ? answers.map((place) => options[place].words).join(" or ") : value === null ? "" : said(value, unit);
}

/** The middle of some numbers. */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A question and what the class says: hands by option, or numbers; once it is answered, the truth beside them. */
export class Ask {
  constructor(question, tally, change) {
    Object.assign(this, { question, tally, change });
    this.root = element("div", "ask");
    const asked = element("p", "asks");
    asked.append(question.missing || question.ask);
    this.root.append(asked);
    if (question.missing) return;
    if (question.photographs.length) {
      this.root.append(element("div", "about", "", ...question.photographs.map(({ name, src }) => photograph(src, name, false))));
    }
    this.root.append(question.options.length ? this.hands() : this.numbers());
    this.truth = element("p", "truth");
    this.truth.setAttribute("role", "status");
    this.root.append(this.truth);
    this.draw();
  }

  hands() {
    const pictured = this.question.options.some(({ src }) => src);
    this.options = this.question.options.map((option, place) => {
      const less = button("−", () => this.count(place, -1), "One hand less");
      const more = button("+", () => this.count(place, 1), "One hand more");
      less.setAttribute("aria-label", `One hand less for ${option.words}`);
      more.setAttribute("aria-label", `One hand more for ${option.words}`);
      const field = Object.assign(element("input"), { type: "number", min: 0, max: 9999 });
      field.setAttribute("aria-label", `Hands for ${option.words}`);
      field.onchange = () => this.count(place, Math.max(0, Math.min(9999, Math.round(Number(field.value) || 0))) - (this.tally.counts[place] ?? 0));
      const bar = element("i");
      const mark = element("b");
      const words = element("span", "words", "", mark, option.words);
      const box = element("li", "option", "", ...(option.src ? [photograph(option.src, option.words, false)] : []), words, element("span", "tally", "", less, field, more), bar);
      return { box, field, bar, mark };
    });
    return element("ol", pictured ? "options pictured" : "options", "", ...this.options.map(({ box }) => box));
  }

  count(place, by) {
    const counts = this.question.options.map((_, number) => this.tally.counts[number] ?? 0);
    counts[place] = Math.max(0, counts[place] + by);
    this.say({ counts });
  }

  numbers() {
    const { unit } = this.question;
    this.field = Object.assign(element("input"), { type: "number", step: "any", required: true, name: "guess" });
    this.field.setAttribute("aria-label", `A guess${unit ? ` in ${unit}` : ""}`);
    const form = element("form", "guess", "", this.field, ...(unit ? [element("span", "", unit)] : []), Object.assign(button("Add", null, "Add the number (Enter)"), { type: "submit" }));
    form.onsubmit = (event) => {
      event.preventDefault();
      const value = Number(this.field.value);
      if (this.field.value.trim() === "" || !Number.isFinite(value)) return;
      this.field.value = "";
      this.say({ guesses: [...this.tally.guesses, value] });
    };
    this.list = element("ul", "guesses");
    return element("div", "", "", form, this.list);
  }

  say(changes) {
    this.tally = { ...this.tally, ...changes };
    this.change(changes);
    this.draw();
  }

  reveal() {
    this.tally = { ...this.tally, answered: true };
    this.draw();
  }

  draw() {
    const { question, tally } = this;
    if (question.missing) return;
    const { answered, counts, guesses } = tally;
    const most = Math.max(1, ...counts);
    this.options?.forEach(({ box, field, bar, mark }, place) => {
      const count = counts[place] ?? 0;
      if (Number(field.value) !== count || field.value === "") field.value = count;
      bar.style.width = `${(100 * count) / most}%`;
      const right = answered && question.answers.includes(place);
      box.classList.toggle("right", right);
      box.classList.toggle("faded", answered && !right);
      mark.textContent = right ? "✓ " : "";
    });
    if (this.list) this.drawGuesses(guesses, answered);
    this.truth.replaceChildren();
    if (!answered) return;
    this.truth.append(element("strong", "", `${question.options.length ? "True" : "The truth"}: ${truth(question)}. `), question.why);
  }

  drawGuesses(guesses, answered) {
    const { value, unit } = this.question;
    const nearest = answered && guesses.length ? Math.min(...guesses.map((guess) => Math.abs(guess - value))) : null;
    const chips = guesses.map((guess, place) => {
      const away = button("✕", () => this.say({ guesses: guesses.filter((_, other) => other !== place) }), "Take it away");
      away.setAttribute("aria-label", `Take ${said(guess, unit)} away`);
      const near = nearest !== null && Math.abs(guess - value) === nearest;
      return element("li", near ? "right" : "", near ? `✓ ${said(guess, unit)}` : said(guess, unit), away);
    });
    if (guesses.length > 1) chips.push(element("li", "median", `median ${said(median(guesses), unit)}`));
    this.list.replaceChildren(...chips);
  }
}
