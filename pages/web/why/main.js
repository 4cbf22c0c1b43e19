import { Heat } from "./heat.js";
import { Lines } from "./lines.js";

const KINDS = { heat: Heat, lines: Lines };
const views = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data }) {
  const said = JSON.stringify(data);
  let view = views.get(parentElement);
  if (view?.said !== said) {
    view?.part.end();
    const root = parentElement.querySelector(".why");
    root.replaceChildren();
    view = { said, part: new KINDS[data.kind](root, data) };
    views.set(parentElement, view);
    root.dataset.shown = data.kind;
  }
  return () => {
    view.part.end();
    views.delete(parentElement);
  };
}
