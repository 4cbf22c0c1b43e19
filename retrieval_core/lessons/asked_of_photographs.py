"""Questions about photographs: which is the nearest, whether the map kept a neighbour, whether two show the same landmark."""

import numpy as np

from retrieval_core.lessons.asking import Asking
from retrieval_core.lessons.map_figures import map_command, usual_map
from retrieval_core.lessons.posed import Option, Posed
from retrieval_core.lessons.reading import NotHere
from retrieval_core.projection.maps import METHODS
from retrieval_core.ranking.search import search
from retrieval_core.stored.artefacts import map_choice

NEIGHBOURS = 12  # of a photograph that the map draws lines to
PLACES = (0, 3, 15, 63)  # among the neighbours: the nearest, and what is offered beside it
LETTERS = "ABCD"


def nearest(asking: Asking) -> Posed:
    """Which of four photographs is the nearest to one in descriptor space; the others stand further down its neighbours."""
    model, photograph = asking.model, _photograph(asking)
    ids, similarities = _neighbours(asking, photograph)
    places = [place for place in PLACES if place < len(ids)]
    if len(places) < 2:
        raise NotHere(f"The question needs three photographs, and {asking.shown.dataset_name} has {len(ids) + 1}.")
    asking.random(f"nearest {photograph}").shuffle(places)
    most = max(float(similarities[place]) for place in places)
    said = [f"{letter} {float(similarities[place]):.3f} (rank {place + 1})" for letter, place in zip(LETTERS, places, strict=False)]
    return Posed(
        f"Which of these photographs is the nearest under {model}?",
        tuple(Option(letter, ids[place]) for letter, place in zip(LETTERS, places, strict=False)),
        tuple(number for number, place in enumerate(places) if float(similarities[place]) == most),
        why=f"Similarity under {model}: {', '.join(said)}.", photographs=(photograph,),
    )  # fmt: skip


def kept(asking: Asking) -> Posed:
    """Whether the map kept one of a photograph's nearest near it: among its 2k nearest there, as the map draws it."""
    model, shown = asking.model, asking.shown
    subset, method = asking.word("subset", "subset") or "all", asking.word("method", "method") or "tsne"
    choice = map_choice(method, subset, None, 0) if asking.word("subset", "subset") or method != "tsne" else usual_map()
    made = asking.results.map(choice)
    if made is None:
        raise NotHere(f"{METHODS[method].title if method in METHODS else method} of {model} is not made yet. Run: "
                      + map_command(shown, model, choice))  # fmt: skip
    k = min(NEIGHBOURS, len(made.ids) - 1)
    rows = {image_id: row for row, image_id in enumerate(made.ids)}
    random = asking.random(f"kept {model}")
    named, neighbour = asking.word("photograph", "photo", "selection"), asking.word("neighbour")
    wanted = random.random() < 0.5  # whether it is a kept one, so that neither answer is the usual one
    candidates = [_photograph(asking)] if named else random.sample(made.ids, min(48, len(made.ids)))
    found: dict[bool, tuple[str, str]] = {}
    for photograph in candidates:
        if photograph not in rows:
            raise NotHere(f"The photograph {photograph!r} is not on this map. Choose another one.")
        near = _near_on_map(made.xy, rows[photograph], 2 * k)
        ids, _ = _neighbours(asking, photograph)
        among = [one for one in ids if one in rows][:k]
        for one in [asking.known(neighbour)] if neighbour else random.sample(among, len(among)):
            found.setdefault(rows[one] in near, (photograph, one))
        if wanted in found:
            break
    is_kept = wanted if wanted in found else not wanted
    photograph, other = found[is_kept]
    place = _neighbours(asking, photograph)[0].index(other) + 1
    return Posed(
        f"Photograph B is number {place} of the nearest to A under {model}. Did the map keep it near A?",
        (Option("yes, it lies near A"), Option("no, it was torn away")), (0 if is_kept else 1,),
        why=f"{'It is' if is_kept else 'It is not'} among the {2 * k} nearest to A on the map.", photographs=(photograph, other),
    )  # fmt: skip


def same(asking: Asking) -> Posed:
    """Whether two photographs show the same landmark: a very similar one of another, or a little similar one of it."""
    dataset = asking.shown.dataset
    label = {image.id: image.label for image in dataset.images}
    random = asking.random("same")
    pair = [asking.known(one) for one in (asking.word("first"), asking.word("second")) if one]
    model = asking.model
    if len(pair) < 2:
        alike = random.random() < 0.5
        counts = {name: sum(one == name for one in label.values()) for name in dataset.labels}
        members = [one for one, name in label.items() if name is not None and counts[name] > 1]
        if len(dataset.labels) < 2 or not members:
            raise NotHere(f"The question needs two landmarks, one with two photographs, and {asking.shown.dataset_name} has not.")
        first = random.choice(members)
        ids, _ = _neighbours(asking, first)
        fitting = [one for one in ids if label[one] is not None and (label[one] == label[first]) == alike]
        pair = [first, fitting[-1] if alike else fitting[0]]
    names = [label[one] for one in pair]
    if None in names:
        raise NotHere(f"The photograph {pair[names.index(None)]!r} has no label: nobody has noted what it shows. Choose another one.")
    ids, similarities = _neighbours(asking, pair[0])
    similarity = float(similarities[ids.index(pair[1])])
    return Posed(
        "Do these two photographs show the same landmark?", (Option("yes"), Option("no")), (0 if names[0] == names[1] else 1,),
        why=f"A shows {names[0]}, B shows {names[1]}; their similarity under {model} is {similarity:.3f}, and B is number "
            f"{ids.index(pair[1]) + 1} of {len(ids):,} neighbours of A.",
        photographs=(pair[0], pair[1]),
    )  # fmt: skip


def _photograph(asking: Asking) -> str:
    """The photograph that is asked about: the question's, the view's, that of the view's query, else a labelled one by the seed."""
    named = asking.word("photograph", "photo") or asking.word("", "selection").split(",")[0].replace("%2C", ",")
    if named:
        return asking.known(named)
    if asking.word("query", "query"):
        return asking.query("").image_id
    images = asking.shown.dataset.images
    labelled = [image.id for image in images if image.label is not None]
    return asking.random("photograph").choice(labelled or [image.id for image in images])


def _neighbours(asking: Asking, photograph: str) -> tuple[list[str], np.ndarray]:
    """All other photographs, nearest first under the model, and their similarities."""
    database, _ = asking.results.descriptors
    row = database.row(photograph)
    positions, scores = search(database.matrix[row : row + 1], database.matrix)
    others = positions[0] != row
    return [database.ids[place] for place in positions[0][others].tolist()], scores[0][others]


def _near_on_map(xy: np.ndarray, row: int, count: int) -> set[int]:
    """Rows of the nearest points on the map, the point itself left out."""
    distances = ((xy - xy[row]) ** 2).sum(axis=1)
    distances[row] = np.inf
    return set(np.argsort(distances, kind="stable")[: min(count, len(xy) - 1)].tolist())
