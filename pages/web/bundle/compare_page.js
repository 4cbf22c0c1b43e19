import { element } from "../ranking/text.js";
import { bars } from "./charts.js";
import { segments } from "./controls.js";
import { figure, table } from "./table.js";

const ROWS = [["report", "one query a landmark (1, 6, 11, …)"], ["all", "all queries"], ["landmark", "by landmark"]];
const CELLS = [["ap", "AP"], ["change", "Δ to the model before"]];

/** Average precision of all models, query by query, and all measures. */
export class ComparePage {
  static has(held) {
    return held.content.scored.length > 0;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { held, state, frame });
    const field = (name, label, choices) => segments(label, choices, (value) => {
      state.put({ [name]: value });
      this.update();
    });
    this.fields = { protocol: field("protocol", "Protocol", Object.entries(held.about.protocols)), own: field("own", "The query's own image", Object.entries(held.about.own)),
      rows: field("rows", "Rows of the table", ROWS), cells: field("cells", "Cells of the table", CELLS) };
    this.floor = element("div", "floor");
    root.append(element("div", "row", "", ...Object.values(this.fields).map((one) => one.field)), this.floor);
  }

  update() {
    const { held, state } = this;
    const [protocol, own, rows, cells] = ["protocol", "own", "rows", "cells"].map((name) => state.get(name));
    for (const [name, field] of Object.entries(this.fields)) field.set(state.get(name));
    const { precision, models } = held.content;
    const measures = precision[`measures ${own}`];
    const means = Object.entries(held.about.protocols).map(([key, title]) => [measures.columns.indexOf(`m${title}`), title, key]);
    const shown = models.filter(({ key }) => measures.rows.includes(key)).map(({ key, colour }) => ({
      name: key, colour, values: means.map(([column]) => measures.cells[measures.rows.indexOf(key)][column]) }));
    const change = cells === "change";
    const found = precision[`${protocol} ${own} ${rows}${change ? " change" : ""}`];
    const title = `${held.about.protocols[protocol]} in percent, ${held.about.dataset}${change ? ": points gained (blue) or lost (orange) against the model before" : ""}`;
    const queries = new Set(held.queries.keys());
    const address = (row, column) => (rows !== "landmark" && queries.has(row) ? state.address("query", { query: row, photo: "", model: column, show: "ranking" }) : "");
    this.floor.replaceChildren(
      bars(shown, means.map(([, name]) => name), `mAP over all queries in percent, ${held.about.own[own]}`),
      found.columns.length ? table(found, { corner: rows === "landmark" ? "landmark" : "query", title, change, address }) : element("p", "note", "No two of these models follow each other."),
      element("p", "note", change ? "" : "★ is the best of its row. A cell leads to its query; the head of a column sorts."),
      table(measures, { corner: "model", title: "All measures, means over all queries in percent", best: "column", heat: false,
        besides: [measures.columns.indexOf("Δ mAP")], format: (value, column) => figure(value, measures.columns[column] === "Δ mAP") }),
      element("p", "note", "★ is the best of its column. mAP in both protocols; mP@k: share of positives among the first k; (ROxford): among the first min(k, rank of the last positive); recall@k: share of all positives found by then. Junk is not counted."),
    );
    this.frame.tell();
  }

  end() {}
}
