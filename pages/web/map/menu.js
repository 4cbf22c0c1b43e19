/** Menus of a toolbar: one is open at a time, and a click anywhere else or Esc closes it. Returns what takes the listeners off. */
export function listenToMenus(root) {
  const menus = [...root.querySelectorAll("details.menu")];
  const shut = (but) => menus.forEach((menu) => menu !== but && (menu.open = false));
  const onDown = (event) => shut(menus.find((menu) => event.composedPath().includes(menu)));
  const onKey = (event) => {
    if (event.key !== "Escape" || !menus.some((menu) => menu.open)) return;
    event.stopImmediatePropagation(); // Esc means this menu now, and not the selection
    shut();
  };
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("keydown", onKey, { capture: true });
  return () => {
    document.removeEventListener("pointerdown", onDown);
    document.removeEventListener("keydown", onKey, { capture: true });
  };
}
