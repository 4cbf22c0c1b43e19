import { show } from "../ranking/main.js";
import { element } from "../ranking/text.js";
import { segments, select } from "./controls.js";
import { Mounted } from "./mounted.js";
import { flowView, machineView, pickView, pictureView, stripsView } from "./views.js";

const SHOWN = [["ranking", "Ranking"], ["machine", "AP machine"], ["flow", "Rank flow"]];
const STRIPS = [["one", "one model"], ["two", "two side by side"], ["all", "all models"]];

/** A query, or a photograph, its ranking, how its AP comes about, and the rank of each right answer under every model. */
export class QueryPage {
  static has(held) {
    return held.content.truth.length > 0 || held.about.neighbours > 0;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { held, state, frame });
    const put = (name) => (value) => {
      state.put({ [name]: value });
      this.update();
    };
    this.fields = {
      show: segments("View", SHOWN, put("show")), k: select("Top", ["6", "12", "24", "48"].map((k) => [k, `top ${k}`]), put("k")),
      strips: select("Models", STRIPS.slice(0, held.models.length > 1 ? 3 : 1), put("strips")), versus: select("Beside", [], put("versus")),
    };
    root.append(element("div", "row", "", ...Object.values(this.fields).map((one) => one.field)));
    const view = () => new Mounted(held, "ranking", show, (name, event) => this.obey(event));
    [this.pick, this.picture, this.view] = [view(), view(), view()];
    this.words = element("div", "about");
    this.left = element("div", "", "", this.picture.host, this.words);
    this.empty = element("p", "note");
    root.append(this.pick.host, element("div", "query", "", this.left, element("div", "", "", this.empty, this.view.host)));
    this.pick.host.hidden = !held.content.truth.length;
  }

  update() {
    const { held, state } = this;
    const [model, shown, k] = [state.get("model"), state.get("show"), Number(state.get("k"))];
    const point = held.numbers.get(state.get("photo"));
    const query = point === undefined ? held.queries.get(state.get("query")) ?? held.content.truth[0] : undefined;
    const known = query !== undefined || (point !== undefined && held.neighbours(model, point) !== null);
    this.left.hidden = !known;
    this.view.host.hidden = true;
    this.empty.textContent = known ? "" : "Choose a photograph: click one on the page Map, enlarge it there and make it the query.";
    for (const name of ["show", "k", "strips"]) this.fields[name].set(state.get(name));
    this.fields.k.field.hidden = this.fields.strips.field.hidden = shown !== "ranking";
    this.fields.versus.field.hidden = shown !== "ranking" || state.get("strips") !== "two";
    const { veil } = this.frame;
    if (held.content.truth.length) this.pick.tell({ ...pickView(held, veil, query?.id ?? ""), key: "queries" });
    this.frame.tell();
    if (!known) return;
    this.about(query, point, model);
    this.picture.tell({ ...pictureView(held, veil, query, point), key: "picture" });
    const judged = query && held.content.queries[query.id].flow;
    if (shown !== "ranking" && !judged) {
      this.empty.textContent = "Average precision needs a ground truth: choose one of the queries above that has right answers.";
      return;
    }
    if (shown !== "ranking" && veil.has("ap", "verdicts")) {
      this.empty.textContent = "This is hidden until the card is answered: press Enter, or the button above.";
      return;
    }
    this.view.host.hidden = false;
    const chosen = this.models(model);
    if (shown === "machine") this.view.tell({ ...machineView(held, veil, model, query), key: "machine" });
    else if (shown === "flow") this.view.tell({ ...flowView(held, veil, query), key: "flow" });
    else this.view.tell({ ...stripsView(held, veil, chosen, query, point, k, chosen.length === 2 && state.get("strips") === "two"), key: "strips" });
  }

  /** The models whose rankings are shown. */
  models(model) {
    const strips = this.state.get("strips");
    const { veil } = this.frame;
    if (strips === "all") return veil.models;
    if (strips !== "two") return [model];
    const others = veil.models.filter((key) => key !== model);
    if (!others.length) return [model];
    const versus = others.includes(this.state.get("versus")) ? this.state.get("versus") : others[0];
    this.fields.versus.fill(others.map((key) => [key, veil.model(key)]));
    this.fields.versus.set(versus);
    return [model, versus];
  }

  about(query, point, model) {
    const { veil } = this.frame;
    const { words } = this.held.content.queries[query?.id] ?? { words: {} };
    this.words.replaceChildren(element("p", "", "", element("strong", "", query ? veil.query(query.id) : veil.has("labels") ? `photograph ${point + 1}` : this.held.ids[point]), query
      ? ` · ${query.good.length} good and ${query.ok.length} ok photographs answer it; ${query.junk.length} are junk.` : ` · ${veil.landmark(this.held.landmark(point)) || "unlabelled"}`));
    if (query && !veil.has("ap")) this.words.append(element("p", "", `${veil.model(model, `Model ${model}`)}: `, element("strong", "", words[model] || "no positives, and so no AP")));
  }

  obey(event) {
    const { held, state } = this;
    if (event.query) state.put({ query: event.query, photo: "" });
    else if (event.model) state.put({ model: event.model });
    else if (event.map) return state.go("map", { selection: event.map.replaceAll("%", "%25").replaceAll(",", "%2C"), query: "" });
    else if (event.photo) {
      const own = held.content.truth.find((query) => held.ids[query.point] === event.photo);
      state.put(own ? { query: own.id, photo: "" } : { photo: event.photo });
    }
    return this.update();
  }

  end() {
    for (const one of [this.pick, this.picture, this.view]) one.end();
  }
}
