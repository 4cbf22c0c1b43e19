import { Enlarged } from "./enlarge.js";
import { drawStrips } from "./strips.js";
import { Picker } from "./pick.js";
import { Picture } from "./picture.js";
import { Machine } from "./machine.js";
import { Marking } from "./marking.js";
import { Flow } from "./flow.js";

const KINDS = { pick: Picker, picture: Picture, machine: Machine, flow: Flow, marking: Marking };

/** One view of the page: built once, and shown anew when the page has something new to say. */
class View {
  constructor(root, data, tell) {
    this.kind = data.kind;
    this.root = root;
    this.floor = root.appendChild(document.createElement("div"));
    this.enlarged = new Enlarged(root, tell);
    this.part = this.kind === "flow" ? new Flow(this.floor, this.enlarged) : this.kind === "strips" ? null : new KINDS[this.kind](this.floor, tell, this.enlarged);
  }

  show(data) {
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    if (this.part) this.part.show(data);
    else {
      this.floor.replaceChildren();
      drawStrips(this.floor, data, this.enlarged);
    }
    this.root.dataset.shown = data.key;
  }

  end() {
    this.part?.end?.();
    this.root.replaceChildren();
  }
}

const views = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it has something new to say. */
export function show({ parentElement, data, setTriggerValue }) {
  let link = views.get(parentElement);
  if (link && link.view.kind !== data.kind) {
    link.view.end();
    link = undefined;
  }
  if (!link) {
    link = {};
    link.view = new View(parentElement.querySelector(".ranking"), data, (event) => link.tell(event));
    views.set(parentElement, link);
  }
  link.tell = (event) => setTriggerValue("event", event);
  link.view.show(data);
  return () => {
    link.view.end();
    views.delete(parentElement);
  };
}
