import { pictureAt } from "../files.js";

export const SIGNS = { good: "✓", ok: "~", junk: "∅", wrong: "✗", unlabelled: "?", none: "" };
export const WORDS = {
  good: "good", ok: "ok", junk: "junk, not counted", wrong: "wrong", unlabelled: "unlabelled, counts as wrong", none: "",
};

/** A share as percent with one digit. */
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** What a photograph or a query is called: by its id, unless the page gives it another name while the id is hidden. */
export const called = (one) => ("called" in one ? one.called : one.id);

/** An element with its class, its text and its children. */
export function element(tag, name = "", text = "", ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** A button that does one thing. */
export function button(text, act, title = "") {
  const made = element("button", "", text);
  made.type = "button";
  if (title) made.title = title;
  made.onclick = act;
  return made;
}

/** The small button, on a card or beside one, that asks why its photograph is similar. */
export function whyButton(id, act) {
  const made = button("Why?", act, "See which places of both pictures make them similar");
  made.className = "why";
  made.setAttribute("aria-label", `Why is ${id} similar?`);
  return made;
}

/** A photograph; where it cannot be shown, or is left out, its name stands in its place. */
export function photograph(src, name, lazy = true) {
  const address = pictureAt(src);
  if (!address) return element("span", "lost", name);
  const picture = element("img");
  picture.alt = name;
  picture.onerror = () => picture.replaceWith(element("span", "lost", `${name} cannot be shown`));
  if (lazy) picture.loading = "lazy";
  picture.src = address;
  return picture;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with its attributes. */
export function shape(tag, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

/** Make an SVG's units the pixels of the screen, so that type keeps its size: its width, and a height in proportion that the window holds. */
export function fitted(svg, proportion, least, besides) {
  const width = Math.max(320, svg.clientWidth);
  const alone = svg.getRootNode().host?.closest(".shown-alone"); // then nothing but what stands above it takes of the window
  const room = window.innerHeight - (alone ? svg.getBoundingClientRect().top + 16 : besides);
  const height = Math.round(Math.max(least, Math.min(room, proportion * width)));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { width, height };
}
