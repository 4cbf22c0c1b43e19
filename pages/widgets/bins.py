"""Bins on the pages: a form that keeps photographs under a name, and the list of what is kept."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.state import actions, door, hidden, link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.widgets import work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.export import part_of, part_table, zipped_part
from retrieval_core.datasets.types import Dataset
from retrieval_core.stored.bins import Bin, gone, read_bins
from retrieval_core.workspace import short_hash

NONE_YET = "No bins yet. Select photographs on the map, write a name beside the map, and press **Keep**."
SHOWN_GONE = 20  # ids that are written out


def version(dataset: Dataset) -> str:
    """Hash of all bins of a dataset: the map asks for their colours again when it changes."""
    return short_hash([[bin.name, bin.ids] for bin in read_bins(loaders.workspace(), dataset.name)])


def keep(dataset: Dataset, name: str, ids: Sequence[str], made_by: str) -> None:
    """Keep photographs as a bin and say so; RetrievalError as `save_bin` raises it, and for a visitor."""
    actions.keep_bin(dataset.name, Bin(name.strip(), tuple(ids), made_by))
    link.put(bin=name.strip())
    st.toast(f"Kept {len(ids):,} photographs as {plain(name.strip())}.")


def keep_form(dataset: Dataset, lists: Mapping[str, Sequence[str]], key: str) -> None:
    """A menu with a name and a button that keep what a page shows; nothing where it shows no photographs.

    Nothing either while a card hides names: the menu says of what ranking the photographs are.

    `lists`: image ids by what they are, in one sentence; of several one is chosen. Every menu of a page has its own `key`.
    """
    lists = {made_by: ids for made_by, ids in lists.items() if ids}
    if not lists or hidden.hidden("models", "labels"):
        return
    with st.popover("Keep as a bin", icon=":material/inventory_2:"):
        made_by = next(iter(lists))
        if len(lists) > 1:
            made_by = st.selectbox("Which photographs", list(lists), key=f"what the bin holds {key}")
        ids = list(dict.fromkeys(lists[made_by]))
        name = st.text_input("Name of the bin", max_chars=50, key=f"name of the bin {key}")
        st.caption(f"{len(ids):,} photographs: {plain(made_by)}")
        if door.button("Keep", icon=":material/check:", key=f"keep the bin {key}"):
            with shown_errors():
                keep(dataset, name, ids, made_by)


def section(dataset: Dataset) -> None:
    """The bins of a dataset: select, colour by, export and remove them."""
    kept = {bin.name: bin for bin in read_bins(loaders.workspace(), dataset.name)}
    if link.get("bin") not in kept:
        if link.get("bin"):
            st.warning(f"The link asks for the bin '{plain(link.get('bin'))}', which is not kept here.")
        link.put(bin=next(iter(kept), ""))
    if not kept:
        st.markdown(NONE_YET)
        return
    chosen = kept[choose("bin", kept, st.selectbox, "Bin", format_func=lambda name: f"{name} ({len(kept[name].ids):,})")]
    st.caption(plain(chosen.made_by))
    lost = gone(chosen, dataset)
    if lost:
        more = f" and {len(lost) - SHOWN_GONE:,} more" if len(lost) > SHOWN_GONE else ""
        st.warning(
            f"{len(lost):,} of its photographs are no longer in {plain(dataset.name)}: {plain(', '.join(lost[:SHOWN_GONE]))}{more}."
        )
    nothing = len(lost) == len(chosen.ids)
    with st.container(horizontal=True):
        st.button("Select", icon=":material/select_all:", on_click=_select, args=(dataset, chosen), disabled=nothing)
        st.button("Colour by bins", icon=":material/palette:", on_click=lambda: link.put(colour="bin"))
        if door.button("Remove", icon=":material/delete:"):
            actions.drop_bin(dataset.name, chosen.name)
            link.put(bin="")
            st.rerun()
    if nothing:
        st.caption("Nothing of it is left. Put the photographs back, or remove the bin.")
        return
    exports(dataset, chosen)


def exports(dataset: Dataset, chosen: Bin) -> None:
    """Buttons that hand a bin out as a table, in class folders, and as Oxford lists."""
    part = part_of(dataset, chosen.name, chosen.ids)
    with st.container(horizontal=True):
        st.download_button("CSV", part_table(part), f"{chosen.name}.csv", "text/csv", on_click="ignore")
        if part.images and all(image.path for image in part.images):
            _archive("Class folders", part, "classes")
        if part.queries:
            _archive("Oxford lists", part, "oxford")
    work.same_command(["bins", "export", chosen.name, "FOLDER", "--layout", "classes", "--dataset", dataset.name])


def _archive(label: str, part: Dataset, layout: str) -> None:
    """A button that writes the archive when it is pressed."""
    st.download_button(label, lambda: zipped_part(part, layout), f"{part.name}-{layout}.zip", "application/zip", on_click="ignore")


def _select(dataset: Dataset, chosen: Bin) -> None:
    known = {image.id for image in dataset.images}
    link.put(query="")
    link.select([image_id for image_id in chosen.ids if image_id in known], dataset)
