import { button, element, shape } from "../ranking/text.js";

/** One map: its points, lines with what is written on them, what was measured, and a way to the large map where there is one. */
function figure(map, open) {
  const drawing = shape("svg", { viewBox: `0 0 ${map.side} ${map.side}`, role: "img", "aria-label": map.words });
  drawing.append(...map.paths.map(({ path, colour, opacity }) => shape("path", { d: path, fill: colour, "fill-opacity": opacity })));
  for (const { x1, y1, x2, y2 } of map.lines) drawing.append(shape("line", { x1, y1, x2, y2 }));
  for (const { x1, y1, x2, y2, text } of map.lines) {
    drawing.append(shape("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2, "font-size": map.side / 14 }, text));
  }
  const said = element("figcaption", "", "", element("strong", "", map.title), element("ul", "", "", ...map.figures.map((text) => element("li", "", text))));
  const made = element("figure", "", "", drawing, said);
  if (map.opens) {
    const way = button("On the map", open);
    way.setAttribute("aria-label", `On the map: ${map.words}`);
    made.append(way);
  }
  return made;
}

function legend(marks) {
  return element("ul", "marks", "", ...marks.map(({ name, colour, path }) => {
    const drawing = shape("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
    drawing.append(shape("path", { d: path, fill: colour }));
    return element("li", "", "", drawing, element("span", "", name));
  }));
}

const drawn = new WeakMap();

/** What Streamlit calls when the page is drawn, and again whenever it runs; only what is new is drawn anew. */
export function show({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".small-maps");
  const said = JSON.stringify(data);
  const link = drawn.get(root) ?? {};
  link.tell = (number) => setTriggerValue("event", { open: number });
  if (link.said === said) return;
  link.said = said;
  drawn.set(root, link);
  const parts = data.marks.length ? [legend(data.marks)] : [];
  if (data.maps.length) parts.push(element("div", "maps", "", ...data.maps.map((map, number) => figure(map, () => link.tell(number)))));
  root.replaceChildren(...parts);
}
