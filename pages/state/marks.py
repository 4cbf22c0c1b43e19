"""What a person has marked of the answers to a search as right or wrong: in the order of the marks, in the URL and as bins."""

import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote, unquote

import streamlit as st

from pages.state import link, loaders
from pages.state.plain import plain
from retrieval_core.datasets.types import Dataset
from retrieval_core.stored.bins import Bin, gone, read_bins, remove_bin, save_bin

Mark = tuple[str, bool]
"""An image id, and whether it is right."""

SIDES = {True: "right", False: "wrong"}
_WRONG = "!"  # before the id of a wrong one
_ROOM = 30  # letters of what is searched for in the name of its bins


def read(dataset: Dataset) -> list[Mark]:
    """The marks of the link; what it names and the dataset does not have is said and left out."""
    value = link.get("marks")
    if value.startswith("~"):
        return _by_number(value, dataset)
    parts = [part for part in value.split(",") if part]
    marks = [(unquote(part.removeprefix(_WRONG)), not part.startswith(_WRONG)) for part in parts]
    known = {image.id for image in dataset.images}
    strangers = [image_id for image_id, _ in marks if image_id not in known]
    if strangers:
        st.warning(f"The link marks the photograph '{plain(strangers[0])}', which is not in {plain(dataset.name)!r}.")
    kept = list(dict(mark for mark in marks if mark[0] in known).items())
    if len(kept) < len(parts):
        put(kept, dataset)
    return kept


def put(marks: Sequence[Mark], dataset: Dataset) -> None:
    """Write the marks into the link, more than MOST_IN_URL by their places among the dataset's photographs: see `link.select`."""
    signs = ["" if right else _WRONG for _, right in marks]
    if len(marks) <= link.MOST_IN_URL:
        link.put(marks=",".join(sign + quote(image_id, safe="/ ") for sign, (image_id, _) in zip(signs, marks, strict=True)))
        return
    places = {image.id: place for place, image in enumerate(dataset.images)}
    numbers = ",".join(f"{sign}{places[image_id]}" for sign, (image_id, _) in zip(signs, marks, strict=True))
    link.put(marks=f"~{dataset.photographs[:6]}:{numbers}")


def ids(marks: Sequence[Mark], right: bool) -> list[str]:
    """Those that are right, or those that are wrong."""
    return [image_id for image_id, sign in marks if sign == right]


def keep(subject: str, marks: Sequence[Mark], dataset: Dataset) -> None:
    """Keep the marks as two bins, in place of those that were kept of the same subject before."""
    there = {bin.name for bin in read_bins(loaders.workspace(), dataset.name)}
    for right, name in bin_names(subject).items():
        if chosen := ids(marks, right):
            save_bin(loaders.workspace(), dataset.name, Bin(name, tuple(chosen), f"marked {SIDES[right]} as answers to {subject}"))
        elif name in there:
            remove_bin(loaders.workspace(), dataset.name, name)


def kept(subject: str, dataset: Dataset) -> list[Mark]:
    """The marks that were kept of a subject: the right ones first; ids that are gone are said and left out."""
    names = {name: right for right, name in bin_names(subject).items()}
    found = [bin for bin in read_bins(loaders.workspace(), dataset.name) if bin.name in names]
    lost = [image_id for bin in found for image_id in gone(bin, dataset)]
    if lost:
        st.warning(f"{len(lost)} kept marks are of photographs that {plain(dataset.name)!r} no longer has, as '{plain(lost[0])}'.")
    return [(image_id, names[bin.name]) for bin in found for image_id in bin.ids if image_id not in lost]


def bin_names(subject: str) -> dict[bool, str]:
    """The names of both bins of a subject; what can't be in a name is replaced, and its hash tells it from others then."""
    name = re.sub(r"[^\w-]", "-", subject)[:_ROOM].strip("-")
    if name != subject:
        name = f"{name}-{sha256(subject.encode()).hexdigest()[:6]}".lstrip("-")
    return {right: f"{name} {side}" for right, side in SIDES.items()}


def _by_number(value: str, dataset: Dataset) -> list[Mark]:
    version, _, numbers = value[1:].partition(":")
    found = [re.fullmatch(f"({_WRONG}?)([0-9]{{1,9}})", number) for number in numbers.split(",")]
    if version != dataset.photographs[:6] or not all(found) or any(int(one[2]) >= len(dataset.images) for one in found):
        st.warning("The link's marks were made on other photographs than there are now, or can't be read; they are left out.")
        put((), dataset)
        return []
    return list({dataset.images[int(one[2])].id: not one[1] for one in found}.items())
