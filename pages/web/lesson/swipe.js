const FAR = 60; // pixels that a finger goes across before it means another card

/** A finger that goes across an element: `act` is called with 1 to the left, as one turns a page, else -1. Returns what ends it. */
export function swiped(element, act) {
  let start = null;
  const down = (event) => (start = event.pointerType === "touch" && event.isPrimary ? [event.clientX, event.clientY] : null);
  const up = (event) => {
    if (!start) return;
    const [across, along] = [event.clientX - start[0], event.clientY - start[1]];
    start = null;
    if (Math.abs(across) > FAR && Math.abs(across) > 2 * Math.abs(along)) act(across < 0 ? 1 : -1);
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointerup", up);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointerup", up);
  };
}
