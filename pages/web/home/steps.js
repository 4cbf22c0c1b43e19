import { element, shape } from "../ranking/text.js";

/** A step's bar and its 95 % interval, on the scale that all steps share. */
function bar({ points, low, high, significant }, [least, most]) {
  const across = (value) => (100 * (value - least)) / (most - least);
  const drawn = shape("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" });
  const [from, to] = [across(Math.min(0, points)), across(Math.max(0, points))];
  drawn.append(
    shape("rect", { x: from, y: 3, width: to - from, height: 14, class: `${points < 0 ? "loss" : "gain"}${significant ? "" : " pale"}` }),
    shape("line", { x1: across(0), x2: across(0), y1: 0, y2: 20, class: "zero" }),
    shape("path", { d: `M${across(low)} 10H${across(high)}M${across(low)} 6V14M${across(high)} 6V14`, class: "whisker" }),
  );
  return drawn;
}

function row(step, scale, tell) {
  const value = `${step.points < 0 ? "−" : "+"}${Math.abs(step.points).toFixed(1)}`;
  const made = element("button", "step", "", element("span", "", `${step.before} → ${step.after}`), element("span", "change", step.change),
    bar(step, scale), element("strong", "", value));
  made.type = "button";
  made.dataset.step = step.name;
  made.setAttribute("aria-label", `${step.before} to ${step.after}, ${step.change}: ${step.words}`);
  made.onclick = () => tell({ step: step.name });
  return made;
}

/** The Ledger in small: what each step bought; each is a way to the page Ledger. */
export class Steps {
  constructor(root, tell) {
    this.tell = tell;
    this.floor = element("div", "rows");
    this.words = element("p", "note");
    root.append(element("h3", "", "What each step bought"), this.floor, this.words);
  }

  show(steps, words) {
    const ends = steps.flatMap(({ low, high, points }) => [low, high, points, 0]);
    const scale = [Math.min(...ends) - 1, Math.max(...ends) + 1];
    this.floor.replaceChildren(...steps.map((step) => row(step, scale, this.tell)));
    this.words.textContent = words;
  }
}
