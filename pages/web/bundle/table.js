import { element } from "../ranking/text.js";

const BEST = "★";
const [BLUE, ORANGE] = ["47, 111, 176", "214, 110, 20"];

/** A number with one digit, with its sign where it is a change. */
export const figure = (value, change = false) => (value === null ? "–" : `${change && value >= 0 ? "+" : ""}${value.toFixed(1)}`);

function shade(value, change) {
  if (value === null) return "";
  const depth = change ? Math.min(Math.abs(value) / 40, 1) : value / 100;
  return `rgba(${change && value < 0 ? ORANGE : BLUE}, ${(0.05 + 0.55 * depth).toFixed(2)})`;
}

/** Rows in the order of the column that was clicked last; what is not known comes last. */
function sorted(order, cells, { column, falling }) {
  if (column === null) return order;
  const value = (row) => cells[row][column] ?? (falling ? -Infinity : Infinity);
  return [...order].sort((one, other) => (falling ? value(other) - value(one) : value(one) - value(other)));
}

/**
 * A table of numbers: the best of every row or column starred, cells shaded; a click on the head of a column sorts.
 *
 * `address(row, column)` is where a cell leads, or ""; `format(value, column)` how it is written; `best` is "row" or "column".
 */
export function table({ rows, columns, cells }, { corner = "", title, change = false, best = "row", heat = true, address = () => "",
  format = (value) => figure(value, change), besides = [] }) {
  const sort = { column: null, falling: true };
  const made = element("table", "numbers");
  const body = element("tbody");
  const most = (values) => Math.max(...values.filter((value) => value !== null));
  const bests = best === "column" ? columns.map((_, column) => most(cells.map((row) => row[column]))) : cells.map((row) => most(row));
  const isBest = (row, column) => !change && !besides.includes(column) && cells[row][column] === bests[best === "column" ? column : row];
  const cell = (row, column) => {
    const value = cells[row][column];
    const words = `${isBest(row, column) ? `${BEST} ` : ""}${format(value, column)}`;
    const made = element("td");
    if (heat) made.style.backgroundColor = shade(value, change);
    const way = address(rows[row], columns[column]);
    made.append(way && value !== null ? Object.assign(element("a", "", words), { href: way }) : words);
    return made;
  };
  const draw = () => {
    const order = sorted([...rows.keys()], cells, sort);
    body.replaceChildren(...order.map((row) => element("tr", "", "", Object.assign(element("th", "", rows[row]), { scope: "row" }),
      ...columns.map((_, column) => cell(row, column)))));
    heads.forEach((head, column) => head.setAttribute("aria-sort", column !== sort.column ? "none" : sort.falling ? "descending" : "ascending"));
  };
  const heads = columns.map((name, column) => {
    const press = element("button", "", name);
    press.onclick = () => {
      Object.assign(sort, sort.column === column && !sort.falling ? { column: null, falling: true } : { falling: sort.column !== column, column });
      draw();
    };
    return Object.assign(element("th", "", "", press), { scope: "col" });
  });
  made.append(element("caption", "", title), element("thead", "", "", element("tr", "", "", Object.assign(element("th", "", corner), { scope: "col" }), ...heads)), body);
  draw();
  const floor = element("div", "scroll", "", made);
  Object.assign(floor, { tabIndex: 0, role: "region" });
  floor.setAttribute("aria-label", title);
  return floor;
}
