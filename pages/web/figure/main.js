import { savePng, saveSvg } from "../ranking/save.js";
import { shape } from "../ranking/text.js";

/** A Plotly figure as one SVG: it draws its layers as several, one over the other. */
export function joined(plot) {
  const layers = [...plot.querySelectorAll(".main-svg")];
  const [width, height] = ["width", "height"].map((name) => Number(layers[0].getAttribute(name)));
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
  const paper = getComputedStyle(document.querySelector('[data-testid="stApp"]') ?? document.body).backgroundColor;
  svg.append(shape("rect", { width, height, fill: paper }));
  for (const layer of layers) {
    const copy = layer.cloneNode(true);
    for (const name of ["hoverlayer", "draglayer"]) copy.querySelectorAll(`.${name}`).forEach((one) => one.remove());
    copy.removeAttribute("style"); // which places it on the page
    svg.append(copy);
  }
  // Patterns are named by the address of the page, which a file does not have.
  return { text: new XMLSerializer().serializeToString(svg).replace(/url\((&quot;|['"]?)[^#)]*#/g, "url($1#"), width, height };
}

/** What Streamlit calls when the page is drawn. */
export function show({ parentElement, data }) {
  const [png, svg] = parentElement.querySelectorAll("button");
  const figure = () => joined(document.querySelector(`.st-key-${data.container} .js-plotly-plot`));
  png.onclick = () => savePng(figure(), data.stem);
  svg.onclick = () => saveSvg(figure(), data.stem);
}
