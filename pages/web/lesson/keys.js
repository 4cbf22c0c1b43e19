const WRITES = "textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=range], [type=button])";
const PRESSED = "button, a, summary, [role=button], [role=option], [role=menuitem]";

/** What a key means while a lesson runs; null for one that is the page's. */
function meant(event, app) {
  const { key } = event;
  if (/^[1-8]$/.test(key)) return app.models[key - 1] ? () => app.chooseModel(key - 1) : () => {};
  return {
    ArrowLeft: () => app.step(-1), ArrowRight: () => app.step(1), PageUp: () => app.step(-1), PageDown: () => app.step(1),
    Enter: () => app.reveal(), b: () => app.shade.toggle("blank"), s: () => app.shade.toggle("spot"),
    Escape: app.shade.kind ? () => app.shade.show("") : null,
  }[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Says whether the keyboard went to a button, as Tab does: who clicked one with the mouse means the lesson with the next Enter. */
export function tabbedTo() {
  let tabbed = false;
  window.addEventListener("keydown", (event) => (tabbed ||= event.key === "Tab"), { capture: true });
  window.addEventListener("pointerdown", () => (tabbed = false), { capture: true });
  return (target) => tabbed && Boolean(target.closest?.(PRESSED));
}

/**
 * The keys of the lesson, before those of the page; not while somebody writes into a field, and not where a dialog is open.
 * Enter presses the button that the keyboard went to, as everywhere. Returns what takes the keys off again.
 */
export function listenToKeys(app) {
  const pressesButton = tabbedTo();
  const onKey = (event) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.matches?.(WRITES) || target.closest?.("dialog[open], [role=dialog]")) return;
    if (event.key === "Enter" && pressesButton(target)) return;
    const act = meant(event, app);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) act();
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}
