import { listenToMenus } from "./menu.js";
import { saveCsv, savePng, saveSvg } from "./save.js";

/** The row of tools above the map. */
export class Toolbar {
  constructor(app, root) {
    this.app = app;
    this.find = (name) => root.querySelector(`[data-do="${name}"]`);
    this.dialog = root.querySelector("dialog");
    for (const tool of ["pan", "lasso", "box"]) this.find(tool).onclick = () => this.use(tool);
    this.find("closer").onclick = () => this.zoom(1.6);
    this.find("farther").onclick = () => this.zoom(1 / 1.6);
    this.find("whole").onclick = () => {
      app.view.reset();
      app.viewChanged();
    };
    this.find("unlabelled").oninput = (event) => this.setOpacity(Number(event.target.value));
    this.find("unlabelled-on").onchange = (event) => this.showUnlabelled(event.target.checked);
    for (const shown of ["thumbnails", "names"]) {
      this.find(shown).onchange = (event) => {
        app[shown] = event.target.checked;
        app.draw();
        app.tell();
      };
    }
    this.find("colour").onchange = (event) => app.setColour(event.target.value);
    this.find("k").onchange = (event) => {
      app.k = Number(event.target.value);
      app.choose();
      app.tell();
    };
    this.find("film").onclick = () => app.openFilm(!app.film);
    this.find("png").onclick = () => savePng(app);
    this.find("svg").onclick = () => saveSvg(app);
    this.find("csv").onclick = () => saveCsv(app);
    this.find("help").onclick = () => this.help();
    this.find("shut").onclick = () => this.dialog.close();
    this.end = listenToMenus(root);
  }

  use(tool) {
    this.app.tool = tool;
    for (const name of ["pan", "lasso", "box"]) this.find(name).setAttribute("aria-pressed", String(name === tool));
    this.app.surface.dataset.tool = tool;
  }

  zoom(factor) {
    const { view } = this.app;
    view.zoomAt(factor, view.width / 2, view.height / 2);
    this.app.viewChanged();
  }

  setOpacity(opacity) {
    this.app.unlabelled = opacity;
    if (opacity) this.last = opacity;
    this.app.repaint();
    this.app.tell();
    this.draw();
  }

  showUnlabelled(shown) {
    this.setOpacity(shown ? this.last || 0.45 : 0);
  }

  help() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  /** Show what is chosen. */
  draw() {
    const { app } = this;
    this.find("unlabelled").value = app.unlabelled;
    this.find("unlabelled-on").checked = app.unlabelled > 0;
    for (const shown of ["thumbnails", "names"]) this.find(shown).checked = app[shown];
    const select = this.find("colour");
    const others = app.scene.colourings.filter(({ key }) => key !== "ap" || !app.hides.has("ap")).map(({ key, title }) => new Option(`Colour: ${title}`, key));
    select.replaceChildren(...[...select.options].slice(0, 2), ...others);
    select.value = app.colour;
    this.find("k").value = app.k;
    this.find("film").setAttribute("aria-pressed", String(app.film));
    this.find("film").setAttribute("aria-disabled", String(Boolean(app.scene.tiled)));
    this.use(app.tool);
  }
}
