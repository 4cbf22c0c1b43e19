import { element } from "../ranking/text.js";

/** Where every number comes from: the run, the recipe and the hashes of each model, the commands that repeat it, and what was rounded. */
export class RecipesPage {
  static has() {
    return true;
  }

  constructor(root, held, state, frame) {
    Object.assign(this, { frame });
    const { about, content } = { about: held.about, content: held.content };
    const code = (text) => element("code", "", text);
    const facts = [
      ["What this is", `${about.dataset} under ${content.models.length} models of run ${about.run}, written on ${about.made} by version ${about.version}. It fetches nothing and sends nothing.`],
      ["The same again", code(about.command)],
      ["Numbers", "Every average precision, mean, interval and rank is the program's own, as it stands on its pages, with all its digits."],
      ["Rounded", `Places on the maps to 12 bits: at most 1/${about.levels} of half a map's width off. Similarities to the three digits that are shown.`],
      ["Photographs", about.photographs ? "Made small for this file." : "Left out: names stand in their places."],
      ["Left out", "What is computed when it is asked for: new pictures and boxes, why a photograph is similar, search-time choices, similarities to a selection, other settings of the projections. The app has it."],
    ];
    if (about.why_no_precision) facts.push(["Average precision", about.why_no_precision]);
    for (const [protocol, { command }] of Object.entries(content.ledger)) facts.push([`Ledger, ${about.protocols[protocol]}`, code(command)]);
    root.append(element("h1", "", "Where these numbers come from"), element("dl", "facts", "", ...facts.map(([name, said]) => element("div", "", "", element("dt", "", name), element("dd", "", "", said)))));
    for (const { key, title, recipe, command, hashes } of content.models) {
      const files = Object.entries(hashes).map(([file, hash]) => element("li", "", `${file} `, code(hash)));
      root.append(element("section", "model", "", element("h2", "", title), element("p", "", recipe), element("p", "", "", code(command)),
        element("details", "", "", element("summary", "", `SHA-256 of ${files.length} files behind ${key}`), element("ul", "", "", ...files))));
    }
  }

  update() {
    this.frame.tell();
  }

  end() {}
}
