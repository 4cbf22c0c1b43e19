/** Which page is shown and what is chosen on it: all in the hash of the address, so that a link and the way back keep it. */

const DEFAULTS = {
  model: "", query: "", photo: "", k: "12", view: "", landmarks: "", unlabelled: "0.45", colour: "landmark", thumbnails: "on", names: "on",
  film: "", only: "", brush: "", selection: "", projection: "", show: "ranking", strips: "one", versus: "", protocol: "oxford",
  own: "counted", rows: "report", cells: "ap", step: "", moved: "", lesson: "", card: "",
};

export const listed = (names) => names.map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
export const unlisted = (text) => text.split(",").filter(Boolean).map((name) => name.replace(/%2C/gi, ",").replaceAll("%25", "%"));

export class State {
  constructor() {
    this.read();
  }

  read() {
    const [page, given] = location.hash.slice(1).split("?");
    this.page = page;
    this.values = { ...DEFAULTS, ...Object.fromEntries([...new URLSearchParams(given)].filter(([name]) => name in DEFAULTS)) };
  }

  get(name) {
    return this.values[name];
  }

  /** The address of a page with what is chosen now and some changes. */
  address(page = this.page, changes = {}) {
    const values = Object.entries({ ...this.values, ...changes }).filter(([name, value]) => value !== DEFAULTS[name]);
    return `#${page}${values.length ? `?${new URLSearchParams(values)}` : ""}`;
  }

  /** The address of a page with nothing chosen but what is given, and the model. */
  fresh(page, given) {
    const known = Object.entries({ model: this.values.model, ...given }).filter(([name, value]) => name in DEFAULTS && value && value !== DEFAULTS[name]);
    return `#${page}?${new URLSearchParams(known)}`;
  }

  /** Keep changes without a step of their own on the way back. */
  put(changes) {
    Object.assign(this.values, changes);
    history.replaceState(null, "", this.address());
  }

  /** Open a page: a step of its own. */
  go(page, changes = {}) {
    location.hash = this.address(page, changes);
  }
}
