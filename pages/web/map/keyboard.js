const SEVEN = ["1a", "1b", "1c", "1d", "1f", "1g", "1h"];

/** The keyboard, as long as nothing is being written into a field. Returns what takes the keys off again. */
export function listenToKeys(app) {
  const onKey = (event) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !app.scene) return;
    if (/^(TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable) return;
    if (target.tagName === "INPUT" && !(target.type === "range" && /^[a-z?1-9]$/i.test(event.key))) return;
    const act = {
      j: () => app.stepQuery(1),
      k: () => app.stepQuery(-1),
      n: () => app.landmarks.step(event.shiftKey ? -1 : 1),
      l: () => app.toolbar.use(app.tool === "lasso" ? "pan" : "lasso"),
      u: () => app.toolbar.showUnlabelled(app.unlabelled === 0),
      f: () => app.openFilm(!app.film),
      "?": () => app.toolbar.help(),
      escape: () => app.escape(),
      arrowright: () => app.gallery.step(1),
      arrowleft: () => app.gallery.step(-1),
    }[event.key.toLowerCase()] ?? (SEVEN[event.key - 1] && (() => app.setModel(SEVEN[event.key - 1])));
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
