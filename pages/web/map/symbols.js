/** The markers of landmarks, as outlines in a square of 16 × 16. */
export const SYMBOLS = [
  "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14z",
  "M2 2h12v12H2z",
  "M8 .5L15.5 8 8 15.5 .5 8z",
  "M8 1.200L15.300 14H.7z",
  "M5.500 1h5v4.500H15v5h-4.500V15h-5v-4.500H1v-5h4.500z",
  "M4 1l4 4 4-4 3 3-4 4 4 4-3 3-4-4-4 4-3-3 4-4-4-4z",
  "M8 14.800L.7 2h14.600z",
  "M8 .8l7.200 5.300-2.700 8.700h-9L.8 6.100z",
  "M8 .5l2.200 5 5.300.6-4 3.600 1.200 5.300L8 12.200l-4.700 2.800 1.200-5.300-4-3.600 5.300-.6z",
  "M8 .5l6.600 3.750v7.500L8 15.500l-6.600-3.750v-7.500z",
  "M1 1.500L8 8 1 14.500zM15 1.500L8 8l7 6.500z",
];

/** All markers side by side, white on nothing, each in a square of `side` pixels. */
export function drawSymbols(side) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [side * SYMBOLS.length, side];
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  SYMBOLS.forEach((outline, number) => {
    context.setTransform(side / 16, 0, 0, side / 16, number * side, 0);
    context.fill(new Path2D(outline));
  });
  return canvas;
}
