import { element } from "../ranking/text.js";

/**
 * Markdown as elements: paragraphs, headings, lists, quotations, code, rules, tables, emphasis and links. All of it is made of text nodes
 * and of the few elements below, so that no HTML of a lesson's file ever becomes HTML of the page.
 */
const INLINE = /\\([\\`*_{}[\]()#+.!|~<>$:&-])|`([^`]+)`|\*\*(?=\S)(.+?)\*\*|\*(?=\S)(.+?)\*|(?<![\p{L}\p{N}])_(?=\S)(.+?)_(?![\p{L}\p{N}])|\[([^\]]*)\]\(([^()\s]+)\)/gu;
const SAFE = /^(https?:\/\/|[\w./?#&=%,:+~-]+$)/;
const BLOCKS = [
  [/^#{1,6}\s+/, heading], [/^([-*+]|\d+[.)])\s+/, list], [/^>\s?/, quotation], [/^```/, code], [/^(\*\s*){3,}$/, rule], [/^\|/, table],
];

/** Put the text of a line into an element. */
export function inline(parent, text) {
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    parent.append(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, escaped, literal, strong, star, line, words, address] = found;
    if (escaped !== undefined) parent.append(escaped);
    else if (literal !== undefined) parent.append(element("code", "", literal));
    else if (strong !== undefined) parent.append(inline(element("strong"), strong));
    else if (address !== undefined) parent.append(link(words, address));
    else parent.append(inline(element("em"), star ?? line));
  }
  parent.append(text.slice(from));
  return parent;
}

function link(words, address) {
  if (!SAFE.test(address) || /^\w+:(?!\/\/)/.test(address)) return inline(element("span"), words);
  const made = inline(element("a"), words);
  Object.assign(made, { href: address, target: "_blank", rel: "noopener" });
  return made;
}

const marked = (lines) => BLOCKS.find(([mark]) => mark.test(lines[0]));
const taken = (lines, wanted) => {
  const end = lines.findIndex((line, place) => place > 0 && !wanted(line));
  return lines.splice(0, end < 0 ? lines.length : end);
};

function heading(lines) {
  return inline(element("h3"), lines.shift().replace(/^#+\s+/, ""));
}

function list(lines) {
  const mark = BLOCKS[1][0];
  const ordered = /^\d/.test(lines[0]);
  const made = element(ordered ? "ol" : "ul");
  if (ordered) made.start = parseInt(lines[0], 10);
  for (const line of taken(lines, (one) => mark.test(one) || /^\s+\S/.test(one))) {
    if (mark.test(line)) made.append(inline(element("li"), line.replace(mark, "")));
    else inline(made.lastChild, ` ${line.trim()}`);
  }
  return made;
}

function quotation(lines) {
  return markdown(element("blockquote"), taken(lines, (line) => /^>/.test(line)).map((line) => line.replace(/^>\s?/, "")).join("\n"));
}

function code(lines) {
  lines.shift();
  const end = lines.findIndex((line) => /^```/.test(line));
  const inside = lines.splice(0, end < 0 ? lines.length : end);
  lines.shift();
  return element("pre", "", "", element("code", "", inside.join("\n")));
}

function rule(lines) {
  lines.shift();
  return element("hr");
}

function table(lines) {
  const rows = taken(lines, (line) => /^\|/.test(line)).map((line) => line.replace(/^\||\|\s*$/g, "").split("|").map((cell) => cell.trim()));
  const drawn = rows.filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));
  return element("table", "", "", ...drawn.map((cells, place) =>
    element("tr", "", "", ...cells.map((cell) => inline(element(place || drawn.length === rows.length ? "td" : "th"), cell)))));
}

/** Put a text of several blocks into an element. */
export function markdown(parent, text) {
  const lines = text.replaceAll("\r", "").split("\n");
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else if (marked(lines)) parent.append(marked(lines)[1](lines));
    else parent.append(inline(element("p"), taken(lines, (line) => line.trim() && !marked([line])).join(" ")));
  }
  return parent;
}
