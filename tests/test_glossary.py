"""The README and the pages use the words of GLOSSARY.md, and none of those it says to avoid."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    ("README.md", "representation"): "the title of a paper",
    ("README.md", "score"): "the verb: ranks and scores",
    ("pages/bundle/page.py", "blob"): "a word of the policy that browsers read",
    ("pages/compare.py", "score"): "the verb: ranks and scores",
    ("pages/state/search_query.py", "photo"): "a key, which nobody reads",
}
"""(file, avoided word): why it stands there."""


def table(text: str) -> list[tuple[str, str, list[str]]]:
    """The rows of all tables: word, meaning, words to avoid."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    rows = [row for row in rows if row[0] != "word" and set(row[0]) != {"-"}]
    return [(word, meaning, [entry.strip() for entry in avoid.split(",")]) for word, meaning, avoid in rows]


def uses(text: str, word: str) -> bool:
    """Whether a text holds a word, in the singular or plural, as a word of its own and in any case."""
    pattern = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", word)))
    return re.search(rf"(?<!\w){pattern}(?:s|es)?(?!\w)", text, re.IGNORECASE) is not None


def prose(markdown: str) -> str:
    """Markdown without its code, where names of files and options stand."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)


def strings(code: str) -> str:
    """The string literals of Python code that a person may read, a line each.

    Without docstrings, and without single words in small letters: these are keys, names of files and parameters of links.
    """
    tree = ast.parse(code)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\n".join(node.value for node in found if id(node) not in alone and not re.fullmatch(r"[^A-Z\s]\S*|", node.value))


def texts(html: str) -> str:
    """What a person reads in HTML, a line each: texts, and the titles and labels of elements."""
    found = re.findall(r">([^<]+)<|(?:title|label|placeholder|alt)=\"([^\"]*)\"", html)
    return "\n".join(text or attribute for text, attribute in found)


ROWS = table((ROOT / "GLOSSARY.md").read_text(encoding="utf-8"))
AVOID = {entry: word for word, _, avoid in ROWS for entry in avoid}
READERS = {".md": prose, ".py": strings, ".html": texts}
FILES = [ROOT / "README.md", *sorted((ROOT / "pages").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.html")),
         *sorted((ROOT / "retrieval_core" / "lessons" / "shipped").glob("*.md"))]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_to_avoid(path):
    name, text = str(path.relative_to(ROOT)), READERS[path.suffix](path.read_text(encoding="utf-8"))
    found = [f"{entry!r}: say {word!r}" for entry, word in AVOID.items() if uses(text, entry) and (name, entry) not in ALLOWED]
    assert not found, f"{name} uses {found}"


def test_every_exception_is_still_needed():
    for name, entry in ALLOWED:
        path = ROOT / name
        assert uses(READERS[path.suffix](path.read_text(encoding="utf-8")), entry), f"{name} no longer uses {entry!r}: take it out"


def test_the_glossary_says_each_word_once_and_does_not_use_what_it_avoids():
    words = [word for row, _, _ in ROWS for word in row.split(", ")]
    assert len(words) == len(set(words)) > 50
    avoided = [entry for _, _, avoid in ROWS for entry in avoid]
    assert len(avoided) == len(set(avoided))
    for word, meaning, avoid in ROWS:
        assert meaning
        assert all(avoid), word
        assert not [entry for entry in avoided if entry in words or uses(word, entry) or uses(meaning, entry)], word


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("The Embedding of a photograph", "embedding", True), ("two embeddings.", "embedding", True),
        ("embeddings_2d", "embedding", False), ("a feature-vector", "feature vector", True),
        ("feature\n  vectors", "feature vector", True), ("feature of vectors", "feature vector", False),
        ("the score", "score", True), ("scored by AP", "score", False), ("underscore", "score", False),
        ("net", "net", True), ("network", "net", False),
    ],
)  # fmt: skip
def test_the_finder(text, word, found):
    assert uses(text, word) is found


def test_what_is_read_of_each_kind_of_file():
    code = '"""Docs."""\nlink["photo"] = f"The score of {name} or" + "Embedding"\ndef f():\n    """Docs."""\n    return "a gallery"\n'
    assert sorted(strings(code).splitlines()) == [" or", "Embedding", "The score of ", "a gallery"]
    html = '<b class="score" title="A title"><i data-do="x">text</i> <input aria-label="A label"></b>'
    assert [line for line in texts(html).splitlines() if line.strip()] == ["A title", "text", "A label"]
    assert prose("a `photo` and\n```\nphoto\n```\na photograph") == "a  and\n\na photograph"
    rows = table("# No row\n\n| word | meaning | avoid |\n|---|---|---|\n| map | points | plot, cloud |\n")
    assert rows == [("map", "points", ["plot", "cloud"])]
