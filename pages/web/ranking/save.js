import { button, element } from "./text.js";

function hand(blob, name) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A picture as a data address, so that a saved figure holds its photographs. */
async function inlined(address) {
  if (!address || address.startsWith("data:")) return address;
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
}

/** The figure as a drawing of its own, {text, width, height}: its colours as they are on the screen, its photographs inside. */
async function standalone(svg) {
  const copy = svg.cloneNode(true);
  const mine = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((twin, number) => {
    const style = getComputedStyle(mine[number]);
    for (const name of ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor", "display"]) {
      twin.style.setProperty(name, style.getPropertyValue(name));
    }
    twin.style.fontFamily = "sans-serif";
  });
  for (const image of copy.querySelectorAll("image")) image.setAttribute("href", await inlined(image.getAttribute("href")));
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = document.createElementNS(svg.namespaceURI, "rect");
  const theme = getComputedStyle(svg.closest(".ranking")).getPropertyValue("--st-background-color");
  Object.entries({ width, height, fill: theme || "#fff" }).forEach(([name, value]) => paper.setAttribute(name, value));
  copy.prepend(paper);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

/** Save a drawing, its text and its size, as a PNG of twice that size. */
export async function savePng({ text, width, height }, name) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height]; // sharp on a projector
  canvas.getContext("2d").drawImage(picture, 0, 0, 2 * width, 2 * height);
  canvas.toBlob((blob) => hand(blob, `${name}.png`), "image/png");
}

export function saveSvg({ text }, name) {
  hand(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Buttons that save a figure: `figure` gives the SVG that is on the screen. */
export function saveButtons(figure, name) {
  return [button("PNG", async () => savePng(await standalone(figure()), name), "Save the figure as a PNG"),
    button("SVG", async () => saveSvg(await standalone(figure()), name), "Save the figure as an SVG")];
}
