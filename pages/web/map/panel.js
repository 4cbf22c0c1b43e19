import { chosenList, verdict } from "./neighbours.js";

/** What is said beside the map of what is chosen, and its photographs below. */
export class Panel {
  constructor(app, root) {
    this.app = app;
    this.head = root.querySelector(".head");
    this.root = root;
  }

  draw() {
    const { app } = this;
    const { selection, query, scene } = app;
    if (!scene.ids) return;
    const found = (this.found = chosenList(app, app.model));
    if (app.placed) this.tell("Your picture", app.placed.picture, null, this.counted(found), this.cards(found));
    else if (selection.length > 1) {
      this.tell(`${selection.length.toLocaleString("en")} of ${scene.total.toLocaleString("en")} selected`, null, null,
        "Esc or the button takes the selection away.", selection.map((point) => ({ point })));
    } else if (selection.length) {
      const [point] = selection;
      this.tell(app.hides.landmarkOf(point, "unlabelled photograph"), scene.photograph(point),
        scene.queries.find((one) => one.point === point), this.counted(found), this.cards(found));
    } else if (query) {
      const ap = app.model.rankings?.[query.id]?.ap ?? [null, null];
      const [oxford, finite] = ap.map((value) => (value == null ? "none" : (100 * value).toFixed(2)));
      const judged = app.hides.has("ap") ? "" : `AP (Oxford) ${oxford}, AP (finite sum) ${finite} under ${app.hides.model(app.model)}. `;
      this.tell(app.hides.has("labels") ? app.hides.query(query) : `Query ${query.id}`, scene.photograph(query.point), query,
        `${judged}${this.counted(found)}`, this.cards(found));
    } else if (app.landmarks.shown && !app.hides.has("labels")) {
      this.walk(app.landmarks);
    } else {
      this.tell("Click a point", null, null,
        "Its nearest neighbours in descriptor space appear here, and lines lead to them on the map. Shift-click adds a point, " +
        `Shift-drag draws a lasso. J and K step through the queries, ? shows all keys.${scene.queries.length ? " Queries are cut from the photographs below." : ""}` +
        `${scene.tiled ? ` ${scene.tiled.off}` : ""}`,
        [...new Set(scene.queries.map((one) => one.point))].map((point) => ({ point })));
    }
  }

  /** The landmarks as cards, and the way from one to the next. */
  walk(landmarks) {
    const { app } = this;
    const focused = this.head.getRootNode().activeElement?.dataset.step;
    const one = landmarks.faces.find((face) => face.label === landmarks.current);
    const title = one ? app.scene.landmarks[one.label].name : `${landmarks.faces.length.toLocaleString("en")} landmarks`;
    const face = app.model.central ? "the most central photograph (by PageRank among the landmark's own)" : "a photograph";
    const known = landmarks.faces.some(({ label }) => app.model.together[label] != null);
    const share = known ? "; in percent, how many of their nearest neighbours are of the landmark" : "";
    this.tell(title, null, null, one ? `${landmarks.told(one)}: number of photographs${share}.`
      : `Click a point for its nearest neighbours, or a landmark to go there. A card shows ${face} and the number of photographs${share}.`, landmarks.cards());
    const row = this.head.querySelector(".row");
    const buttons = [["‹", "back", () => landmarks.step(-1), "Previous landmark"], ["›", "on", () => landmarks.step(1), "Next landmark"]];
    if (one) buttons.push(["All", "all", () => landmarks.leave(), "All landmarks"]);
    for (const [text, step, act, label] of buttons) {
      const button = this.button(row, text, act);
      button.setAttribute("aria-label", label);
      button.title = label;
      button.dataset.step = step;
      if (step === focused) button.focus();
    }
  }

  cards(found) {
    if (!found) return [];
    const cards = [];
    for (let place = 0, rank = 0; place < found.list.length && cards.length < this.app.k; place++) {
      const point = found.list[place];
      const own = point === found.centre && this.app.selection.length === 1;
      if (!own) cards.push({ point, rank: verdict(this.app, point) === "junk" ? null : ++rank, similarity: found.similarities[place] });
    }
    return cards;
  }

  /** How many neighbours are of the same landmark, and what the map made of them. */
  counted(found) {
    const { app } = this;
    if (!found) return "Looking for its neighbours …";
    const cards = this.cards(found);
    const count = (...words) => cards.filter((card) => words.includes(verdict(app, card.point))).length;
    const judged = count("good", "ok", "wrong", "junk") > 0;
    const told = [`${cards.length} ${found.approximate ? "near" : "nearest"} in descriptor space${judged ? `: ${count("good", "ok")} right, ${count("wrong")} wrong` : ""}`];
    if (judged && count("none", "unlabelled")) told[0] += `, ${count("none", "unlabelled")} unlabelled`;
    if (app.compared) {
      const kept = app.compared.kept.filter(Boolean).length;
      told.push(`The map kept ${kept} of them near and tore ${app.compared.kept.length - kept} away (dashed); ` +
        `${app.compared.lookNear.length} others only look near (struck through)${found.approximate ? ", unless they are what is missing" : ""}`);
    }
    return `${found.by ? `${found.by} ` : ""}${told.join(". ")}.`;
  }

  tell(title, picture, query, text, cards) {
    const { app, head } = this;
    head.replaceChildren();
    const row = head.appendChild(document.createElement("div"));
    row.className = "row";
    const heading = row.appendChild(document.createElement("h2"));
    heading.textContent = title;
    if (this.found?.approximate) row.append(this.sign());
    if (app.trail.length) this.button(row, "← Back", () => app.back());
    if (app.selection.length || app.query || app.placed) this.button(row, "✕ Clear", () => app.escape());
    if (picture) head.append(this.picture(picture, query));
    const shown = app.selection.length === 1 && query;
    if (shown) this.button(head, `Show as query ${app.hides.query(query)}, with its box`, () => app.setQuery(query));
    const words = head.appendChild(document.createElement("p"));
    words.textContent = text;
    head.dataset.chosen = app.placed?.key ?? (app.selection.map((point) => app.scene.ids[point]).slice(0, 3).join(" ") || app.query?.id || "");
    app.gallery.show(cards, [app.model.key, head.dataset.chosen, app.selection.length, app.k, app.dark].join(" "));
  }

  /** What stands beside the title of neighbours that an approximate engine found. */
  sign() {
    const sign = document.createElement("span");
    sign.className = "approximate";
    sign.textContent = "≈ approximate";
    return sign;
  }

  button(parent, text, act) {
    const button = parent.appendChild(document.createElement("button"));
    button.textContent = text;
    button.onclick = act;
    return button;
  }

  picture(source, query) {
    const frame = document.createElement("div");
    frame.className = "picture";
    const picture = frame.appendChild(document.createElement("img"));
    picture.src = source;
    picture.alt = query ? `query ${this.app.hides.query(query)}` : "the selected photograph";
    if (query?.box && !this.app.selection.length) {
      const [left, top, right, bottom] = query.box;
      const [width, height] = query.size;
      const box = frame.appendChild(document.createElement("i"));
      Object.assign(box.style, {
        left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`,
        width: `${(100 * (right - left)) / width}%`, height: `${(100 * (bottom - top)) / height}%`,
      });
    }
    return frame;
  }
}
