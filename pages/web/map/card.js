const DELAY = 125; // milliseconds that the mouse rests on a point before its card is shown

/** The card above a point: its photograph, its id and its landmark. */
export class Card {
  constructor(app, element) {
    this.app = app;
    this.element = element;
    this.point = -1;
  }

  /** Show the card of a point soon, or hide it (-1). */
  ask(point) {
    if (point === this.point) return;
    this.point = point;
    clearTimeout(this.timer);
    this.element.hidden = true;
    if (point >= 0) this.timer = setTimeout(() => this.show(point), DELAY);
  }

  async show(point) {
    const { app, element } = this;
    await app.notice.guard(() => app.scene.loadIds());
    if (point !== this.point || !app.scene.ids) return;
    app.foresee(point);
    const query = app.scene.queries.find((one) => one.point === point);
    element.replaceChildren();
    const address = app.scene.photograph(point);
    const picture = document.createElement("img");
    if (address) picture.src = address;
    picture.hidden = !address;
    picture.alt = "";
    const text = document.createElement("p");
    text.textContent = `${app.hides.landmarkOf(point)} · ${app.hides.photograph(point)}${query ? ` · query ${app.hides.query(query)}` : ""}`;
    if (app.colour === "overlap" || app.compared) {
      const overlap = app.model.overlap[point];
      if (!Number.isNaN(overlap)) text.textContent += ` · ${Math.round(100 * overlap)} % of its neighbours kept on the map`;
    }
    element.append(picture, text);
    element.dataset.image = app.scene.ids[point];
    element.hidden = false;
    const [left, top] = app.view.toScreen(app.places.x(point), app.places.y(point));
    const side = Math.min(app.view.width - 216, Math.max(6, left - 105));
    element.style.left = `${side}px`;
    if (top > 230) Object.assign(element.style, { top: "auto", bottom: `${app.view.height - top + 16}px` });
    else Object.assign(element.style, { top: `${top + 18}px`, bottom: "auto" });
  }
}
