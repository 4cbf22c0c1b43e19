import { Bar } from "./bar.js";

const links = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data, setStateValue, setTriggerValue }) {
  let link = links.get(parentElement);
  if (!link) {
    link = {};
    link.bar = new Bar(parentElement.querySelector(".lesson"), (name, value) => link.tell(name, value));
    links.set(parentElement, link);
  }
  link.tell = (name, value) => (name === "event" ? setTriggerValue : setStateValue)(name, value);
  link.bar.show(data);
  return () => {
    link.bar.end();
    links.delete(parentElement);
  };
}
