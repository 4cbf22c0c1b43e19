/** What the card of a lesson hides until it is answered, and what things are called meanwhile. */
export class Hidden {
  constructor(app) {
    this.app = app;
    this.take();
  }

  /** What the page says: `what`, names of all models where they are hidden, and the key of the last one where that is. */
  take({ what = [], models = {}, last = "" } = {}) {
    Object.assign(this, { what: new Set(what), models, last });
  }

  has(what) {
    return this.what.has(what);
  }

  /** The models that are shown. */
  shown(models) {
    return models.filter((model) => model.key !== this.last);
  }

  model(model) {
    return this.models[model.key] ?? model.key;
  }

  /** A landmark by its number. */
  landmark(number) {
    return this.has("labels") ? `Landmark ${number + 1}` : this.app.scene.landmarks[number].name;
  }

  /** The landmark of a point; `none` for an unlabelled one. */
  landmarkOf(point, none = "unlabelled") {
    const { scene } = this.app;
    return scene.landmark(point) ? this.landmark(scene.labels[point]) : none;
  }

  photograph(point) {
    return this.has("labels") ? `photograph ${point + 1}` : this.app.scene.ids[point];
  }

  query(query) {
    return this.has("labels") ? `Query ${this.app.scene.queries.indexOf(query) + 1}` : query.id;
  }

  /** An AP or mAP, null where it is hidden. */
  ap(value) {
    return this.has("ap") ? null : value ?? null;
  }
}
