import { element } from "../ranking/text.js";

// What needs the app: why a photograph is similar, and the bins.
const LEFT_OUT = ".why, .keep, [data-needs=app] { display: none !important; }";

/** A component of the app with its own files, in a place of its own as Streamlit gives it one. */
export class Mounted {
  /** `hear(name, value)` is called with what the component says. */
  constructor(held, name, show, hear) {
    this.host = element("div", `component ${name}`);
    const root = this.host.attachShadow({ mode: "open" });
    const { html, css } = held.content.components[name]; // files of ours: there is no name of a photograph in them
    root.innerHTML = `<style>${css}${LEFT_OUT}</style>${html}`;
    Object.assign(this, { show, root, hear });
  }

  tell(data) {
    const say = (name, value) => this.hear(name, value);
    this.end = this.show({ parentElement: this.root, data, setStateValue: say, setTriggerValue: say });
  }

  end() {}
}
