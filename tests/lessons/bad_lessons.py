"""Lessons that can't be read; each has to be named in a sentence that says where it is wrong and what to do."""

HEAD = "---\nlesson: x\n---\n"


def _card(front: str) -> str:
    return f"{HEAD}---\ntitle: first\n---\nA text.\n---\n{front}\n---\nB\n"


HEADS = {
    "empty": "", "blank": "\n\n", "a text": "# A lesson\n\nIt begins.\n", "no end": "---\nlesson: x\n",
    "no title": "---\nabout: x\n---\n",
    "empty title": "---\nlesson:\n---\n", "no mapping": "---\n- lesson\n---\n", "a number": "---\n7\n---\n",
    "unknown key": "---\nlesson: x\ntitle: y\n---\n",
    "text before": "x\n" + HEAD, "text behind": HEAD + "A text.\n", "a list as title": "---\nlesson: [a, b]\n---\n",
}  # fmt: skip
CARDS = {
    "no title": _card("view: map"), "empty title": _card("title: ''"), "no YAML": _card("title: a: b"),
    "open quote": _card('title: "a'),
    "a tab": _card("\ttitle: a"), "a list": _card("- title"), "a text": _card("title"), "unknown key": _card("title: a\ntitel: b"),
    "key twice": _card("title: a\ntitle: b"), "a key of lists": _card("title: a\n[a]: b"),
    "two documents": _card("title: a\n...\ntitle: b"),
    "an anchor of nothing": _card("title: *a"), "many brackets": _card("title: " + "[" * 3000),
    "a merge": _card("title: a\n<<: {view: map}"),
    "control sign": _card("title: a\x07"), "title of a mapping": _card("title: {a: b}"), "note of a list": _card("title: a\nnote: [b]"),
    "question of a word": _card("title: a\nquestion: wins"), "question without kind": _card("title: a\nquestion: {ask: why}"),
    "question of lists": _card("title: a\nquestion: {kind: wins, query: [a]}"),
    "unknown kind": _card("title: a\nquestion: {kind: guess}"),
    "hide of a word": _card("title: a\nhide: ap"), "unknown hide": _card("title: a\nhide: [ap, figures]"),
    "hide of lists": _card("title: a\nhide: [[ap]]"),
    "view of two lines": _card("title: a\nview: map?x"), "view with a blank": _card("title: a\nview: the map"),
    "view of a list": _card("title: a\nview: [map]"), "a parameter twice": _card("title: a\nview: map?k=6&k=12"),
    "a rule in a text": HEAD + "---\ntitle: first\n---\nA\n---\nB stands behind a rule\n",
    "a rule at the end": HEAD + "---\ntitle: first\n---\nA\n---\ntitle: second\n", "laughs": _card(
        "title: a\nnote: &a [x, x]\nclaim: &b [*a, *a, *a]\nview: [*b, *b, *b, *b, *b, *b]"),
}  # fmt: skip
BYTES = {
    "a picture": b"\xff\xd8\xff\xe0\x00\x10JFIF", "half of UTF-16": b"\xff\xfe-\x00-", "no encoding": HEAD.encode() + b"\x81\x8d",
    "UTF-16 without a mark": HEAD.encode("utf-16-le"), "zero bytes": HEAD.encode() + b"\0", "huge": HEAD.encode() + b"x" * 1_000_001,
    "a thousand cards": HEAD.encode() + b"---\ntitle: a\n---\n" * 1000,
}  # fmt: skip
NAMES = (
    "",
    " ",
    ".",
    "..",
    "a/b",
    "../a",
    "/a",
    "a\\b",
    "C:\\a",
    "a.md",
    ".a",
    "-",
    "a" * 60,
    "a\nb",
    "a\0b",
    " a",
    "a ",
    "~",
    "%2e",
    "a:b",
    "*",
)
