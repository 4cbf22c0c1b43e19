const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** What the card of a lesson hides until it is answered, and what things are called meanwhile: as pages/state/hidden.py has it. */
export class Veil {
  constructor(held) {
    Object.assign(this, { held, what: new Set() });
  }

  has(...what) {
    return what.some((one) => this.what.has(one));
  }

  /** The models that are shown. */
  get models() {
    return this.has("last") && this.held.models.length > 1 ? this.held.models.slice(0, -1) : this.held.models;
  }

  /** A model by its key, or by its title. */
  model(key, title = key) {
    return this.has("models") ? `Model ${LETTERS[this.held.models.indexOf(key) % LETTERS.length]}` : title;
  }

  landmark(name) {
    return name && this.has("labels") ? `Landmark ${this.held.content.landmarks.indexOf(name) + 1}` : name;
  }

  query(id) {
    return this.has("labels") ? `Query ${this.held.content.truth.findIndex((query) => query.id === id) + 1}` : id;
  }

  /** What a photograph or a query is called instead of its id, as a part of it. */
  called(name) {
    return this.has("labels") ? { called: name } : {};
  }

  /** As the map is told. */
  get told() {
    return { what: [...this.what].sort(), models: this.has("models") ? Object.fromEntries(this.held.models.map((key) => [key, this.model(key)])) : {},
      last: this.has("last") ? this.held.models.at(-1) : "" };
  }
}
