import { Knob } from "./knob.js";

const views = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data, setTriggerValue }) {
  const said = JSON.stringify({ ...data, at: 0 }); // where the knob stands is known here first
  let view = views.get(parentElement);
  if (view?.said !== said) {
    view?.knob.end();
    const root = parentElement.querySelector(".gem");
    root.replaceChildren();
    view = { said, knob: new Knob(root, data) };
    views.set(parentElement, view);
  }
  view.knob.tell = (event) => setTriggerValue("event", event);
  return () => {
    view.knob.end();
    views.delete(parentElement);
  };
}
