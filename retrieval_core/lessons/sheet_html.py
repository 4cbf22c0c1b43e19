"""The form of a printed sheet: an HTML file on A4 that asks for nothing from elsewhere, and the Markdown that cards are written in."""

import re
from html import escape

_STYLE = """
@page { size: A4; margin: 16mm 15mm; }
:root { color-scheme: light; }
body { font: 11pt/1.4 system-ui, sans-serif; color: #111; background: #fff; max-width: 180mm; margin: 8mm auto; }
@media print { body { margin: 0; } }
h1 { font-size: 17pt; margin: 0 0 2mm; } h2 { font-size: 13pt; margin: 0 0 2mm; } h3 { font-size: 11pt; margin: 3mm 0 1mm; }
header { border-bottom: .4mm solid #111; padding-bottom: 3mm; }
.name { display: flex; gap: 6mm; margin: 4mm 0 0; } .name span { flex: 1; border-bottom: .3mm solid #555; }
.exercise { margin: 7mm 0 0; } h2, h3, .asked { break-after: avoid; }
.room, .picture, .options, .lines, .answer, table, figure, img, svg { break-inside: avoid; }
.asked { font-weight: 600; }
.photographs { display: flex; flex-wrap: wrap; gap: 3mm; margin: 2mm 0; padding: 0; list-style: none; }
.photographs figure { margin: 0; width: 27mm; } .photographs .large { width: 42mm; } .photographs .small-map { width: 32mm; }
img { display: block; max-width: 100%; max-height: 45mm; } .photographs .large img { max-height: 42mm; }
figcaption { font-size: 9pt; color: #333; overflow-wrap: anywhere; }
.map { width: 105mm; margin: 2mm 0; color: #111; } .curve { width: 80mm; margin: 2mm 0; }
img, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.legend, .options { list-style: none; padding: 0; margin: 2mm 0; }
.legend li { display: inline-flex; gap: 1mm; align-items: center; margin-right: 4mm; font-size: 9pt; }
.options li::before { content: ""; display: inline-block; width: 3.2mm; height: 3.2mm; border: .35mm solid #111; margin-right: 3mm; }
.lines div { height: 8mm; border-bottom: .25mm solid #777; }
table { border-collapse: collapse; margin: 2mm 0; } th, td { border: .25mm solid #777; padding: 1mm 3mm; text-align: left; }
td.number { text-align: right; min-width: 22mm; }
.answer { border-left: 1mm solid #111; padding-left: 4mm; }
footer { margin-top: 8mm; border-top: .25mm solid #777; font-size: 8.5pt; color: #333; overflow-wrap: anywhere; }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_INLINE = re.compile(
    r"\\(?P<plain>[!-/:-@\[-`{-~])|`(?P<code>[^`]+)`|\*\*(?P<bold>\S(?:.*?\S)?)\*\*"
    r"|(?<!\w)[*_](?P<leaning>\S(?:.*?\S)?)[*_](?!\w)|\[(?P<words>[^\[\]]*)\]\([^()\s]*\)"
)


def page(title: str, head: str, body: str, foot: str) -> str:
    """A whole file; `title` is plain text, the rest HTML."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    about = f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
    whole = f"<header>{head}</header>\n<main>\n{body}\n</main>\n<footer>{foot}</footer>"
    return f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{policy}{about}</head>\n<body>{whole}</body></html>\n'


def markdown(text: str) -> str:
    """The Markdown of a card as HTML: paragraphs, lists, headings, bold, leaning, code; a link is its words, anything else is text."""
    made: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip() and line.strip() != "***"]
        if lines and all(re.match(r"[-*+] |\d+[.)] ", line) for line in lines):
            items = "".join(f"<li>{_inline(line.split(' ', 1)[1])}</li>" for line in lines)
            made.append(f"<ul>{items}</ul>")
        elif lines and (found := re.match(r"#{1,6} (.*)", lines[0])):
            made += [f"<h3>{_inline(found[1])}</h3>", *([f"<p>{_inline(' '.join(lines[1:]))}</p>"] if lines[1:] else [])]
        elif lines:
            made.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "".join(made)


def _inline(text: str) -> str:
    made, place = [], 0
    for found in _INLINE.finditer(text):
        made.append(escape(text[place : found.start()]))
        place = found.end()
        if found["plain"] is not None:
            made.append(escape(found["plain"]))
        elif found["code"] is not None:
            made.append(f"<code>{escape(found['code'])}</code>")
        elif found["bold"] is not None:
            made.append(f"<b>{_inline(found['bold'])}</b>")
        elif found["leaning"] is not None:
            made.append(f"<i>{_inline(found['leaning'])}</i>")
        else:
            made.append(_inline(found["words"]))
    return "".join([*made, escape(text[place:])])


def lines(count: int) -> str:
    """Lines to write on."""
    return f'<div class="lines" aria-hidden="true">{"<div></div>" * count}</div>'


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table of texts; the last column holds numbers, an empty cell is to be filled in."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row[:-1]) + f'<td class="number">{escape(row[-1])}</td></tr>'
                   for row in rows)  # fmt: skip
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
