import { show } from "../ranking/main.js";
import { element } from "../ranking/text.js";
import { waterfall } from "./charts.js";
import { link, segments } from "./controls.js";
import { Mounted } from "./mounted.js";
import { figure, table } from "./table.js";
import { movedView } from "./views.js";

const name = (step) => `${step.before}-${step.after}`;
const COLUMNS = ["mAP before", "mAP after", "Δ mAP", "low", "high", "p"];

/** What each step from one model to the next bought, whether that is more than chance, and on which pictures. */
export class LedgerPage {
  static has(held) {
    return Object.keys(held.content.ledger).length > 0;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { held, state, frame });
    this.protocol = segments("Protocol", Object.entries(held.about.protocols), (protocol) => {
      state.put({ protocol });
      this.update();
    });
    this.floor = element("div", "floor");
    this.moved = new Mounted(held, "ranking", show, (_, event) => this.obey(event));
    this.told = element("p");
    root.append(element("div", "row", "", this.protocol.field), this.floor, this.told, this.moved.host);
  }

  update() {
    const { held, state } = this;
    const protocol = state.get("protocol");
    const { steps, tested, command } = held.content.ledger[protocol];
    const chosen = steps.find((step) => name(step) === state.get("step")) ?? steps[0];
    const address = (step) => state.address("ledger", { step: name(step), moved: "" });
    this.protocol.set(protocol);
    const colour = held.content.models.find((model) => model.key === steps[0].before).colour;
    this.floor.replaceChildren(
      waterfall(steps, chosen, address, colour),
      element("p", "note", "A bar leads to what moved. Whiskers: 95 % interval of a paired bootstrap; p: paired randomisation test. Both draw whole landmarks, since the queries of one rise and fall together; pale bars are not significant at 5 %."),
      this.summary(steps, address),
      element("p", "note", `${tested} Again: `, element("code", "", command)),
      ...this.detail(chosen, address),
    );
    this.pictures(chosen);
    this.frame.tell();
  }

  summary(steps, address) {
    const cells = steps.map((step) => [step.map_before, step.map_after, step.points, step.low, step.high, step.p]);
    const rows = steps.map((step) => `${step.before} → ${step.after} · ${step.change}`);
    const ways = Object.fromEntries(rows.map((row, number) => [row, address(steps[number])]));
    const format = (value, column) => (COLUMNS[column] === "p" ? `${value.toFixed(4)}${value < 0.05 ? "" : ", not significant"}` : figure(value, COLUMNS[column] === "Δ mAP"));
    return table({ rows, columns: COLUMNS, cells }, { corner: "step", title: "Every step", best: "column", besides: [...COLUMNS.keys()], heat: false, format,
      address: (row, column) => (column === "Δ mAP" ? ways[row] : "") });
  }

  detail(step, address) {
    const { held, state } = this;
    const changes = (values, corner, title, way) => {
      const rows = Object.keys(values).sort((one, other) => Math.abs(values[other]) - Math.abs(values[one]));
      return table({ rows, columns: ["points"], cells: rows.map((row) => [values[row]]) }, { title, change: true, address: way, corner });
    };
    const moved = held.content.moved[name(step)];
    return [element("h2", "", `${step.before} → ${step.after}: ${step.change}`),
      element("p", "", "", element("strong", "", step.words), ` · ${step.better} queries better, ${step.worse} worse, ${step.equal} equal.`),
      element("div", "two", "", changes(step.landmarks, "landmark", "By landmark", () => ""),
        changes(step.queries, "query", "By query: each leads to its pictures", (row) => (moved[row] ? state.address("ledger", { step: name(step), moved: row }) : "")))];
  }

  /** The right answers of a query that moved farthest. */
  pictures(step) {
    const { held, state } = this;
    const moved = held.content.moved[name(step)];
    const largest = Object.keys(step.queries).filter((id) => moved[id]).sort((one, other) => Math.abs(step.queries[other]) - Math.abs(step.queries[one]))[0];
    const id = moved[state.get("moved")] ? state.get("moved") : largest;
    this.moved.host.hidden = !id;
    this.told.replaceChildren();
    if (!id) return;
    this.told.append(element("strong", "", id), `: ${figure(step.queries[id] ?? null, true)} points. Its right answers that moved most, with their ranks under ${step.before} → ${step.after}. `,
      link("Under both models", state.address("query", { query: id, photo: "", model: step.before, versus: step.after, strips: "two", show: "ranking" })));
    this.moved.tell({ ...movedView(held, this.frame.veil, held.queries.get(id), moved[id]), key: "moved" });
  }

  obey(event) {
    if (event.map) this.state.go("map", { selection: event.map.replaceAll("%", "%25").replaceAll(",", "%2C"), query: "" });
    else if (event.photo) this.state.go("query", { photo: event.photo });
  }

  end() {
    this.moved.end();
  }
}
