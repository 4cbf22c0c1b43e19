import { shape } from "../ranking/text.js";

const EDGE = { left: 46, right: 8, top: 30, bottom: 46 };
const SIZE = { width: 1000, height: 300 };
const LETTER = 7.5; // pixels of a letter, about

const span = (low, high) => (value) => SIZE.height - EDGE.bottom - ((value - low) / (high - low)) * (SIZE.height - EDGE.top - EDGE.bottom);

/** The frame of a chart of percent: grid, its numbers, and what the axis shows. */
function framed(label, title, low, high) {
  const made = shape("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, class: "chart" });
  const y = span(low, high);
  const step = high - low > 50 ? 20 : 10;
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    made.append(shape("path", { class: "grid", d: `M${EDGE.left} ${y(tick)}H${SIZE.width - EDGE.right}` }),
      shape("text", { x: EDGE.left - 6, y: y(tick) + 5, "text-anchor": "end" }, String(tick)));
  }
  made.append(shape("text", { x: 4, y: 14 }, title));
  return { made, y };
}

/** Bars of several measures for every model: [{name, colour, values}], measures by name, the second hatched. */
export function bars(models, measures, title) {
  const most = Math.max(10, ...models.flatMap((model) => model.values));
  const label = `${title}: ${models.map(({ name, values }) => `${name} ${values.map((value) => value.toFixed(1)).join(" and ")}`).join(", ")}`;
  const { made, y } = framed(label, `${title}: plain ${measures[0]}, hatched ${measures[1]}`, 0, most * 1.08);
  const hatch = shape("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatch.append(shape("rect", { width: 2.5, height: 6, fill: "var(--st-background-color)" }));
  made.append(hatch);
  const room = (SIZE.width - EDGE.left - EDGE.right) / models.length;
  models.forEach(({ name, colour, values }, number) => {
    const wide = Math.min(60, (0.76 * room) / values.length);
    const left = EDGE.left + (number + 0.5) * room - (wide * values.length) / 2;
    values.forEach((value, place) => {
      const box = { x: left + place * wide, y: y(value), width: wide - 2, height: y(0) - y(value) };
      made.append(shape("rect", { ...box, fill: colour }));
      if (place) made.append(shape("rect", { ...box, fill: "url(#hatch)" }));
      made.append(shape("text", { x: box.x + box.width / 2, y: box.y - 5, "text-anchor": "middle", class: room < 80 ? "small" : "" }, value.toFixed(1)));
    });
    made.append(shape("text", { x: EDGE.left + (number + 0.5) * room, y: SIZE.height - EDGE.bottom + 20, "text-anchor": "middle", class: "strong" }, name));
  });
  return made;
}

/** What each step adds to the mAP, from the mAP before to the one after, with its interval; pale where not significant. Each is a link. */
export function waterfall(steps, chosen, address, colour) {
  const [first] = steps;
  const tops = steps.map((step) => Math.max(step.map_before, step.map_after, step.map_before + step.high));
  const lows = steps.map((step) => Math.min(0, step.map_before + step.low));
  const label = `mAP in percent, step by step: ${first.before} ${first.map_before.toFixed(1)}; ${steps.map((step) => `${step.before} to ${step.after} ${step.words}`).join("; ")}`;
  const { made, y } = framed(label, "mAP in percent", Math.min(...lows), Math.max(10, ...tops) * 1.12);
  made.setAttribute("role", "group"); // its bars are links
  const room = (SIZE.width - EDGE.left - EDGE.right) / (steps.length + 1);
  const middle = (number) => EDGE.left + (number + 0.5) * room;
  const word = (number, text, line, name = "") => shape("text", { x: middle(number), y: SIZE.height - EDGE.bottom + 18 * line, "text-anchor": "middle", class: name },
    text.length * LETTER > room ? `${text.slice(0, Math.max(3, Math.floor(room / LETTER) - 1))}…` : text);
  const bar = (number, from, to, looks) => shape("rect", { x: middle(number) - 0.36 * room, width: 0.72 * room, y: y(Math.max(from, to)), height: Math.max(1, Math.abs(y(from) - y(to))), ...looks });
  made.append(bar(0, 0, first.map_before, { fill: colour }), word(0, first.before, 1, "strong"),
    shape("text", { x: middle(0), y: y(first.map_before) - 6, "text-anchor": "middle", class: "strong" }, first.map_before.toFixed(1)));
  steps.forEach((step, place) => {
    const number = place + 1;
    const link = shape("a", { href: address(step), "aria-label": `${step.before} to ${step.after}, ${step.change}: ${step.words}`, "data-step": `${step.before}-${step.after}` });
    if (step === chosen) link.setAttribute("aria-current", "true");
    const [low, high] = [y(step.map_before + step.low), y(step.map_before + step.high)];
    link.append(shape("title", {}, step.words), shape("rect", { class: "hit", x: middle(number) - 0.5 * room, width: room, y: EDGE.top - 12, height: SIZE.height - EDGE.top }),
      bar(number, step.map_before, step.map_after, { class: `${step.points < 0 ? "loss" : "gain"}${step.significant ? "" : " pale"}` }),
      shape("path", { class: "whisker", d: `M${middle(number)} ${low}V${high}M${middle(number) - 6} ${low}h12M${middle(number) - 6} ${high}h12` }),
      shape("text", { x: middle(number), y: y(tops[place]) - 7, "text-anchor": "middle", class: "strong" }, `${step.points >= 0 ? "+" : ""}${step.points.toFixed(1)}`),
      word(number, `${step.before} → ${step.after}`, 1, "strong"), word(number, step.change, 2));
    made.append(link);
  });
  return made;
}
