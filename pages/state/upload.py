"""A picture that the person hands over: kept in memory for as long as the page is open, never on disk."""

import hashlib
from dataclasses import dataclass

import streamlit as st
from PIL import Image as PILImage

from pages.state import kept_pictures, link, loaders
from pages.state.plain import plain
from pages.web.paste import pasted
from retrieval_core.datasets.uploads import read_upload
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.describer import Describer, open_describer
from retrieval_core.stored.results import Results

_KEPT, _TURN = "uploaded picture", "upload turn"


@dataclass(frozen=True, eq=False)
class Uploaded:
    """A new picture; `key` is a hash of its bytes, `thumbnail` a small copy in a data URI."""

    key: str
    name: str
    picture: PILImage.Image
    thumbnail: str


def uploader() -> None:
    """A field for a picture; what is wrong with one is said below it."""
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader("A picture of your own", key=f"upload {turn}",
                            help="It is described as the queries are, stays in memory, and is forgotten with the page.")  # fmt: skip
    if file is not None:
        _take(file.getvalue(), file.name)


def take_pasted() -> None:
    """Take over a picture that was pasted; it takes the place of a file in the field, which has to be drawn after this."""
    found = pasted()
    if found is not None:
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        _take(*found)


def _take(data: bytes, name: str) -> None:
    key = hashlib.sha256(data).hexdigest()[:12]
    if uploaded() is not None and uploaded().key == key:
        return
    try:
        picture = read_upload(data, name)
    except RetrievalError as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return
    small = picture.copy()
    small.thumbnail((loaders.THUMBNAIL, loaders.THUMBNAIL))
    link.put(box="", marks="")
    drop_kept()
    taken = Uploaded(key, name, picture, loaders.data_uri(small))
    st.session_state[_KEPT] = kept_pictures.keep(taken, picture.width * picture.height)


def uploaded() -> Uploaded | None:
    """The picture that was handed over last, until it is dropped."""
    word = st.session_state.get(_KEPT)
    found = kept_pictures.find(word) if word else None
    if word and found is None:
        drop()
        st.info("Your picture was forgotten, since others handed over many after it. Hand it over again.")
    return found


def drop() -> None:
    """Forget the picture and empty the field."""
    if drop_kept():
        st.session_state[_TURN] += 1
        link.put(marks="")


def drop_kept() -> bool:
    """Forget the picture; whether there was one."""
    word = st.session_state.pop(_KEPT, None)
    if word is not None:
        kept_pictures.forget(word)
    return word is not None


def describer(model: str) -> Describer:
    """The model that described the chosen dataset, kept warm as long as its descriptors stay the same."""
    results = loaders.results(model)
    return _describer(results.run, results.dataset.name, model, results.version, results)


@st.cache_resource(max_entries=16, show_spinner="Loading the network …")
def _describer(run: str, dataset: str, model: str, version: str, _results: Results) -> Describer:
    return open_describer(_results)
