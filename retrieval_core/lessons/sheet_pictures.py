"""Pictures of the views of a lesson for a printed sheet, drawn without a browser; what a question asks is not to be seen in them."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.images import crop_query, read_image
from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.datasets.types import Box, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.evaluation.precision_recall import Curve, ap_steps
from retrieval_core.lessons.asking import Asking
from retrieval_core.lessons.chosen_queries import aps, scored_keys
from retrieval_core.lessons.counted_figures import best
from retrieval_core.lessons.map_figures import map_command
from retrieval_core.lessons.posed import Posed
from retrieval_core.lessons.reading import Judging, NotHere, command, described, ranking
from retrieval_core.lessons.sheet_html import table
from retrieval_core.lessons.view import read_view
from retrieval_core.parameters import read_parameters
from retrieval_core.presets import get_preset
from retrieval_core.projection.drawing import as_svg, drawn_map, marker
from retrieval_core.projection.maps import read_map_seed
from retrieval_core.projection.misreading.strip import Panel
from retrieval_core.projection.misreading.strips import STRIPS
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.misread import read_misread

SIGNS = {"good": "✓ good", "ok": "~ ok", "junk": "∅ junk", "wrong": "✗ wrong"}
LETTERS = "ABCDEFGH"
FIRST = 10  # photographs of a ranking
_SIDE = 220  # pixels of a printed photograph
_SAME, _KEPT = "same", "kept"  # kinds whose answer a map with colours, or with both rings, would tell
_RANKED = ("wins", "first-wrong")  # kinds that are about a query
_NEAREST = "nearest"  # the kind whose answer a ranking of photographs would tell
OF_PHOTOGRAPHS = (_NEAREST, _SAME, _KEPT)  # kinds that can't be put without their photographs


@dataclass(frozen=True)
class Exercise:
    """A card whose question can be put: what is asked of whom, and whether photographs are printed."""

    asking: Asking
    posed: Posed
    photographs: bool = True

    @property
    def kind(self) -> str:
        """Of its question."""
        return self.asking.card.question.kind if self.asking.card.question else ""

    @property
    def hidden(self) -> tuple[str, ...]:
        """What the card hides until the answer."""
        return self.asking.card.hide

    @property
    def query(self) -> Query | None:
        """The query of the question or of the view, if there is one."""
        rules = {"wins": "differ", "first-wrong": f"middle:{self.asking.model}"}
        if self.kind not in _RANKED and not self.asking.word("query", "query"):
            return None
        return self.asking.query(rules.get(self.kind, ""))


def pictures(exercise: Exercise, answered: bool) -> str:
    """What belongs to an exercise as HTML: the photographs of its question, then its view; `answered` with what was hidden."""
    shown = _photographs(exercise) if exercise.photographs else ""
    try:
        return shown + _view(exercise, answered)
    except RetrievalError as error:
        return shown + (f"<p>The view is not here: {escape(str(error))}</p>" if answered else "")


def _view(exercise: Exercise, answered: bool) -> str:
    view = read_view(exercise.asking.card.view) if exercise.asking.card.view else None
    if view is None:
        return ""
    if view.page == "map" and (answered or exercise.kind != _SAME):
        return _map(exercise, view.parameters, answered)
    if view.page == "laboratory" and view.parameters.get("part") == "misread":
        return _strips(exercise, view.parameters, answered)
    if view.page == "query" and (answered or exercise.kind != _NEAREST):
        return _query(exercise, view.parameters, answered)
    return _table(exercise, answered) if view.page in ("compare", "ledger") else ""


def _photographs(exercise: Exercise) -> str:
    """The photographs that are asked about, then those that can be chosen; neither says what it shows."""
    dataset, posed = exercise.asking.shown.dataset, exercise.posed
    chosen = [(option.words, option.image_id) for option in posed.options if option.image_id]
    if exercise.kind in _RANKED and (query := exercise.query):
        return _row([_figure(dataset.image(query.image_id).path, "the query", query.box, large=True)])
    names = ["the photograph"] if len(posed.photographs) == 1 else [*LETTERS]
    asked = [_figure(dataset.image(one).path, name, large=True) for name, one in zip(names, posed.photographs, strict=False)]
    return _row(asked) + _row([_figure(dataset.image(one).path, name) for name, one in chosen])


def _map(exercise: Exercise, parameters: Mapping[str, str], answered: bool) -> str:
    """The points of the view's map, and rings around what is selected; without colours and rings where these would tell."""
    shown = exercise.asking.shown
    model = parameters.get("model") or best(shown).words
    method, subset = parameters.get("method", "tsne"), parameters.get("subset", "all")
    choice = map_choice(method, subset, read_parameters(parameters.get("settings", "")), read_map_seed(parameters.get("seed", "")))
    made = described(shown, model).map(choice)
    if made is None:
        raise NotHere(f"The map of {model} is not made yet. Run: {map_command(shown, model, choice)}")
    numbers = dict(zip((image.id for image in shown.dataset.images), label_codes(shown.dataset).tolist(), strict=True))
    told = answered or "labels" not in exercise.hidden
    codes = np.array([numbers[image_id] if told else -1 for image_id in made.ids])
    selected = [unquote(one) for one in parameters.get("selection", "").split(",") if one]
    asked = exercise.posed.photographs
    ringed = [*selected, *asked] if answered else list(asked[:1]) if exercise.kind == _KEPT else selected
    places = {image_id: row for row, image_id in enumerate(made.ids)}
    rings = [places[one] for one in ringed if one in places]
    drawing = as_svg(drawn_map(made.xy, codes, chosen=rings, size=14), "map of the photographs")
    of = f" of {model}" if answered or "models" not in exercise.hidden else ""
    names = "".join(f"<li>{marker(code)}{escape(shown.dataset.labels[code])}</li>" for code in sorted({*codes.tolist()} - {-1}))
    legend = f'<ul class="legend">{names}</ul>' if names else ""
    return (f'<div class="picture"><div class="map">{drawing}</div>{legend}<p>The map{escape(of)}; how far clusters are apart means '
            "nothing.</p></div>")  # fmt: skip


def _query(exercise: Exercise, parameters: Mapping[str, str], answered: bool) -> str:
    """A query and its first photographs, with verdicts, AP and curve only in the answers."""
    shown, query = exercise.asking.shown, exercise.query
    if query is None:
        return ""
    model = parameters.get("model") or best(shown).words
    found = ranking(shown, model, query)
    curve = ap_steps(found.ids, query) if query.positives else None
    cards = [] if exercise.kind in _RANKED or not exercise.photographs else [_asked_for(shown, query)]
    for place, image_id in enumerate(found.ids[:FIRST] if exercise.photographs else ()):
        verdict = f" {SIGNS[curve.verdicts[place]]}" if answered and curve else ""
        cards.append(_figure(shown.dataset.image(image_id).path, f"{place + 1}.{verdict}"))
    of = f" under {model}" if answered or "models" not in exercise.hidden else ""
    said = f"<p>The first photographs that are found{escape(of)}:</p>" if cards else ""
    row = f'<div class="picture">{said}{_row(cards)}</div>'
    if not answered or curve is None:
        return row
    protocol = parameters.get("protocol", PROTOCOLS[0])
    ap = 100 * curve.ap(protocol)
    return f'{row}<div class="curve">{_curve(curve)}</div><p>{PROTOCOL_TITLES[protocol]} under {escape(model)}: {ap:.1f} %</p>'


def _strips(exercise: Exercise, parameters: Mapping[str, str], answered: bool) -> str:
    """The small maps on which t-SNE is misread: what was measured on them stands in the answers alone."""
    shown = exercise.asking.shown
    results = described(shown, parameters.get("model") or best(shown).words)
    found = read_misread(results)
    if found is None:
        raise NotHere(f"The strips of {results.model} are not made yet. Run: {command(shown, 'misread', '--models', results.model)}")
    drawn = []
    for key in [parameters["strip"]] if parameters.get("strip") in STRIPS else STRIPS:
        strip = found.strips[key]
        told = f"<p>{escape(STRIPS[key].says(strip))}</p>" if answered and strip.panels else ""
        maps = [_small_map(panel) for panel in strip.panels]
        drawn.append(f"<h3>{escape(STRIPS[key].title)}: {escape(STRIPS[key].tempts)}</h3>{_row(maps)}{told}")
    return "".join(drawn)


def _small_map(panel: Panel) -> str:
    drawing = as_svg(drawn_map(panel.xy, panel.codes, size=24), panel.title)
    return f"<figure class=small-map>{drawing}<figcaption>{escape(panel.title)}</figcaption></figure>"


def _asked_for(shown, query: Query) -> str:
    return _figure(shown.dataset.image(query.image_id).path, "the query", query.box)


def _curve(curve: Curve) -> str:
    """Precision against recall, as an SVG."""
    steps = zip((0, *curve.recall), (1, *curve.precision), strict=True)
    points = " ".join(f"{40 + 250 * x:.0f},{210 - 200 * y:.0f}" for x, y in steps)
    return ('<svg viewBox="0 0 300 245" width="100%" role="img" aria-label="precision against recall">'
            '<path d="M40 10V210H290" fill="none" stroke="#555"/>'
            f'<polyline points="{points}" fill="none" stroke="#2f6fb0" stroke-width="2"/>'
            '<text x="165" y="238" font-size="13" text-anchor="middle">recall</text>'
            '<text x="14" y="110" font-size="13" text-anchor="middle" transform="rotate(-90 14 110)">precision</text>'
            "</svg>")  # fmt: skip


def _table(exercise: Exercise, answered: bool) -> str:
    """mAP by model; on the question sheet only what is not asked, a cell to be filled in for the rest."""
    shown = exercise.asking.shown
    protocol = exercise.asking.word("protocol", "protocol") or PROTOCOLS[0]
    rows = []
    for key in scored_keys(shown):
        values = list(aps(shown, key, Judging(protocol)).values())
        mean = f"{100 * sum(values) / len(values):.1f}" if values and (answered or _may_be_seen(exercise, key)) else ""
        name = key if answered or "models" not in exercise.hidden else ""
        rows.append([name, get_preset(key).title if name else "", mean])
    if not rows:
        raise NotHere(why_no_precision(shown.workspace, shown.dataset))
    return f'<div class="picture">{table(["model", "what it is", f"m{PROTOCOL_TITLES[protocol]}, %"], rows)}</div>'


def _may_be_seen(exercise: Exercise, model: str) -> bool:
    """Whether a model's mAP tells nothing of the answer: an estimated figure names the models that it is of, other kinds tell all."""
    question = exercise.asking.card.question
    words = (question.of.get("figure", "") if question and question.kind == "number" else "").split()
    return "ap" not in exercise.hidden and any(one in scored_keys(exercise.asking.shown) for one in words) and model not in words


def _row(figures: Sequence[str]) -> str:
    items = "".join(f"<li>{one}</li>" for one in figures)
    return f'<ul class="photographs picture">{items}</ul>' if items else ""


def _figure(path: str, words: str, box: Box | None = None, large: bool = False) -> str:
    """A photograph, or what is in a box on it, and a few words; of the file nothing but its pixels is kept."""
    try:
        picture = read_image(path) if path else None
    except RetrievalError:
        picture = None
    if picture is None:
        drawn = "<p>(no photograph)</p>"
    else:
        small = crop_query(picture, box, _SIDE, "fill") if box else picture
        small.thumbnail((_SIDE, _SIDE), PILImage.Resampling.LANCZOS)
        data = io.BytesIO()
        small.convert("RGB").save(data, "JPEG", quality=80)
        width, height = small.size
        drawn = (f'<img alt="{escape(words)}" width="{width}" height="{height}" '
                 f'src="data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}">')  # fmt: skip
    return f"<figure{' class=large' if large else ''}>{drawn}<figcaption>{escape(words)}</figcaption></figure>"
