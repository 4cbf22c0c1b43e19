"""A lesson on paper: the truth stands on the answers alone, the same seed makes the same bytes, and names are never markup."""

from html import escape
from html.parser import HTMLParser

import pytest
from caches import copy_cache

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Lesson, Question
from retrieval_core.lessons.questions import pose
from retrieval_core.lessons.sheet import make_sheets
from retrieval_core.lessons.sheet_html import markdown
from retrieval_core.lessons.shown import Shown
from retrieval_core.workspace import Workspace

CARDS = {
    "wins": Card("Who wins?", "query?model=1d&show=machine", "", Question("wins"), hide=("ap", "models")),
    "first-wrong": Card(
        "First wrong", "query?model=1d", "It is {first-wrong 1d middle:1d}.", Question("first-wrong", of={"model": "1d"})
    ),
    "nearest": Card("Nearest", "query?model=1d", "", Question("nearest", of={"model": "1d"})),
    "kept": Card("Kept", "map?model=1d", "", Question("kept", of={"model": "1d"})),
    "same": Card("Same", "map?model=1d", "", Question("same", of={"model": "1d"})),
    "significant": Card("Chance", "ledger", "", Question("significant", of={"before": "1a", "after": "1d"}), "map 1d > map 1a"),
    "number": Card("Estimate", "compare", "It is {map 1d}.", Question("number", of={"figure": "map 1d"}), hide=("ap",)),
}
LESSON = Lesson("try", "Try", (*CARDS.values(), Card("Only a text", "map", "Nothing is asked.")), "one of each")
TELLS = ("nearest", "kept", "same")  # kinds of which neither ids nor names of landmarks may be on the sheet


class Reader(HTMLParser):
    """Tags, and every address that the file would fetch."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.sources = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]


@pytest.fixture(scope="module")
def shown(town_cache):
    return Shown(Workspace(town_cache), "town", "quick")


@pytest.fixture(scope="module")
def sheets(shown):
    return make_sheets(shown, LESSON)


def one(shown, kind, **more):
    return make_sheets(shown, Lesson("try", "Try", (CARDS[kind],)), **more)


@pytest.mark.parametrize("kind", CARDS)
def test_the_truth_stands_on_the_answers_and_nowhere_on_the_questions(shown, kind):
    posed, made = pose(shown, CARDS[kind]), one(shown, kind)
    assert not posed.missing
    body = made.questions.partition("<body>")[2]
    assert escape(posed.ask) in body
    assert escape(posed.why) in made.answers
    assert escape(posed.why) not in made.questions
    if posed.options:
        truth = ", ".join(posed.options[number].words for number in posed.answers)
        assert f"<b>{escape(truth)}</b>" in made.answers
        assert all(body.count(f"<li>{escape(option.words)}</li>") == 1 for option in posed.options)
        assert "checked" not in body
    else:
        truth = f"{posed.value:.2f}".rstrip("0").rstrip(".")
        assert f"<b>{truth} " in made.answers
        assert f">{truth}<" not in body
        assert f"{truth} %" not in body
    for sign in ("✓", "✗", "∅", "polyline"):
        assert sign not in body
    if kind in TELLS:
        assert not [image.id for image in shown.dataset.images if image.id in body]
    if kind in ("kept", "same", "nearest"):
        asked = pose(shown, CARDS[kind]).photographs
        assert not {shown.dataset.image(photograph).label for photograph in asked} & set(posed.ask.split())
    if kind in ("significant", "number"):
        assert body.count('<td class="number"></td>') == body.count('<td class="number">')
        assert made.answers.count('<td class="number"></td>') == 0
    if kind == "first-wrong":
        assert "It is" not in body
        assert "polyline" in made.answers


def test_a_map_with_two_rings_is_for_the_answers(shown):
    made = one(shown, "kept")
    assert (made.questions.count("<circle"), made.answers.count("<circle")) == (1, 2)
    assert "<svg" not in one(shown, "same").questions.partition("<ul")[0]
    hidden = Card("Map", "map?model=1d", "", Question("number", of={"figure": "photographs"}), hide=("labels", "models"))
    made = make_sheets(shown, Lesson("try", "Try", (hidden,)))
    assert 'class="legend"' not in made.questions
    assert "1d" not in made.questions.partition("<main>")[2].partition("</main>")[0]
    assert all(label in made.answers and label not in made.questions for label in shown.dataset.labels)


def test_the_same_seed_makes_the_same_bytes_and_another_another_sheet(shown, sheets):
    again = make_sheets(Shown(shown.workspace, "town", "quick"), LESSON)
    assert again == sheets
    main = lambda seed: make_sheets(shown, LESSON, seed).questions.partition("<main>")[2].partition("</main>")[0]  # noqa: E731
    assert len({main(seed) for seed in (0, 1, 2)}) == 3
    orders = {
        one(shown, "significant", seed=seed).questions.partition('<ul class="options">')[2].partition("</ul>")[0] for seed in range(9)
    }
    assert len(orders) > 1
    for seed in (0, 1, 2):  # whatever the order, the answer is the same one
        posed = pose(shown, CARDS["significant"])
        assert f"<b>{escape(posed.options[posed.answers[0]].words)}</b>" in one(shown, "significant", seed=seed).answers


def test_the_command_that_repeats_it_stands_on_both(sheets, shown):
    made = make_sheets(shown, LESSON, 7, photographs=False)
    for text in (made.questions, made.answers):
        assert "lessons sheet try OUT.html --answers ANSWERS.html --seed 7 --dataset town --run quick --no-photographs" in text
        assert str(shown.workspace.root) not in text
        assert "<img" not in text
    assert "It is about photographs, and these are left out." in made.answers
    assert CARDS["nearest"].title not in made.questions
    assert "<img" in sheets.questions


def test_nothing_is_fetched_and_names_are_text(shown, town_cache, tmp_path):
    nasty = '<script>alert("&")</script>'
    card = Card(
        nasty, "query?model=1d", f"{nasty} **bold** [link](http://x.example/y) ![p](http://x.example/z)", Question("wins", ask=nasty)
    )
    made = make_sheets(shown, Lesson("try", nasty, (card,), nasty))
    for text in (made.questions, made.answers):
        read = Reader(text)
        assert "script" not in read.tags
        assert all(source.startswith("data:image/jpeg;base64,") for source in read.sources)
        assert escape(nasty) in text
        assert "default-src 'none'" in text
    assert "<b>bold</b>" in made.answers
    assert "http://x.example" not in Reader(made.answers).sources


def test_names_of_landmarks_are_text(town_cache, tmp_path):
    from PIL import Image

    from retrieval_core.cli.main import main

    cache = copy_cache(town_cache, tmp_path / "cache")
    for number, name in enumerate(("a<b>&'\"", "*gate*_x_")):
        (tmp_path / "own" / name).mkdir(parents=True)
        for place in range(4):
            Image.effect_noise((64, 48), 40 + 20 * number + place).save(tmp_path / "own" / name / f"<i>{place}.jpg")
    add_dataset(Workspace(cache), "own", tmp_path / "own")
    assert main(["--cache", str(cache), "run", "--dataset", "own", "--models", "2a", "--device", "cpu"]) == 0
    shown = Shown(Workspace(cache), "own", "quick")
    cards = tuple(Card(kind, "map?model=2a", "", Question(kind, of={"model": "2a"})) for kind in ("nearest", "same", "kept"))
    made = make_sheets(shown, Lesson("own", "Own", (*cards, CARDS["wins"])))
    assert "a&lt;b&gt;&amp;&#x27;&quot;" in made.answers
    assert not {"i", "b"} & set(Reader(made.questions).tags)
    assert "Not asked here" in made.answers
    assert "Who wins?" not in made.questions


def test_a_lesson_that_asks_nothing_says_so(shown):
    with pytest.raises(RetrievalError, match="asks nothing that can be asked on town here"):
        make_sheets(shown, Lesson("none", "None", (Card("Only a text"),)))
    with pytest.raises(RetrievalError, match="Card 1 of odd, 'Odd': 'magic' is no kind of question"):
        make_sheets(shown, Lesson("odd", "Odd", (Card("Odd", question=Question("magic")),)))


def test_the_markdown_of_cards():
    assert markdown("One *two* **three** `a<b`\nfour\n\n- five\n- six\n\n## Seven") == (
        "<p>One <i>two</i> <b>three</b> <code>a&lt;b</code> four</p><ul><li>five</li><li>six</li></ul><h3>Seven</h3>"
    )
    assert markdown(r"\*plain\* snake_case_name [words](http://x) <u>") == "<p>*plain* snake_case_name words &lt;u&gt;</p>"
    assert markdown("***") == ""
