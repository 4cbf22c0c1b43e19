import { element } from "../ranking/text.js";
import { Wall } from "./wall.js";
import { Maps } from "./maps.js";
import { Strips } from "./strips.js";
import { Steps } from "./steps.js";

const PARTS = { wall: Wall, maps: Maps, queries: Strips, steps: Steps }; // from the top down

/** The page's pictures: each part is built once, and shown anew when it has something new to say. */
class Home {
  constructor(root, tell) {
    this.tell = tell;
    this.parts = {};
    this.floors = {};
    for (const name of Object.keys(PARTS)) this.floors[name] = root.appendChild(element("section", `part ${name}`));
  }

  show(data) {
    for (const [name, Part] of Object.entries(PARTS)) {
      const floor = this.floors[name];
      const said = JSON.stringify([data[name], data.said?.[name]]);
      floor.hidden = !data[name];
      if (!data[name] || floor.dataset.said === said) continue;
      floor.dataset.said = said;
      this.parts[name] ??= new Part(floor, this.tell);
      this.parts[name].show(data[name], data.said?.[name] ?? "");
    }
  }

  end() {
    for (const part of Object.values(this.parts)) part.end?.();
  }
}

const homes = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data, setTriggerValue }) {
  let link = homes.get(parentElement);
  if (!link) {
    link = {};
    link.home = new Home(parentElement.querySelector(".home"), (event) => link.tell(event));
    homes.set(parentElement, link);
  }
  link.tell = (event) => setTriggerValue("event", event);
  link.home.show(data);
  return () => {
    link.home.end();
    parentElement.querySelector(".home")?.replaceChildren();
    homes.delete(parentElement);
  };
}
