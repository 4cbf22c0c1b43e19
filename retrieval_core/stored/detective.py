"""The detective on what is stored: the suspects of some models, how often it is right, and what a person decided.

Decisions are two bins of the dataset, ACCEPTED and REJECTED; each says of a photograph which landmark was meant.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.evaluation.detective import Suspect, Votes, suspects, vote
from retrieval_core.evaluation.detective_judged import Trial, hide
from retrieval_core.stored.bins import Bin, read_bins, remove_bin, save_bin
from retrieval_core.stored.results import Results
from retrieval_core.workspace import Workspace

ACCEPTED, REJECTED = "detective accepted", "detective rejected"
_MADE_BY = {
    ACCEPTED: "unlabelled photographs that show the landmark that the detective placed them among",
    REJECTED: "unlabelled photographs that do not show the landmark that the detective placed them among",
}


def votes_of(results: Results, k: int, hidden: Collection[str] = ()) -> Votes:
    """What a model says of the unlabelled photographs, and of those that are hidden among them; see `vote`."""
    return vote(results.descriptors[0].matrix, label_codes(results.dataset, hidden), k)


def find_suspects(results: Sequence[Results], k: int, least: int) -> list[Suspect]:
    """The suspects of some models of one dataset; see `suspects`."""
    dataset = results[0].dataset
    return suspects(dataset, label_codes(dataset), {one.model: votes_of(one, k) for one in results}, least)


def trial(results: Sequence[Results], k: int, share: float | None = None, seed: int = 0) -> Trial:
    """The suspects with one vote or more, as they are; or with a share of the labelled photographs hidden among the unlabelled."""
    dataset = results[0].dataset
    hidden = hide(dataset, share, seed) if share is not None else {}
    votes = {one.model: votes_of(one, k, hidden) for one in results}
    return Trial(suspects(dataset, label_codes(dataset, hidden), votes, 1), hidden)


def decisions(workspace: Workspace, dataset_name: str) -> dict[str, tuple[str, str]]:
    """By id what a person decided: ACCEPTED or REJECTED, and the landmark that was meant."""
    kept = {bin.name: bin for bin in read_bins(workspace, dataset_name)}
    return {image_id: (name, kept[name].said[image_id])
            for name in (ACCEPTED, REJECTED) if name in kept for image_id in kept[name].ids if image_id in kept[name].said}  # fmt: skip


def decide(workspace: Workspace, dataset_name: str, image_id: str, landmark: str, decision: str | None) -> None:
    """Keep a decision, ACCEPTED or REJECTED, in place of an earlier one; None takes it back."""
    with workspace.lock(dataset_name, "detective"):
        kept = {bin.name: bin for bin in read_bins(workspace, dataset_name)}
        for name, made_by in _MADE_BY.items():
            before = kept.get(name, Bin(name, (), made_by))
            said = {one: said for one, said in before.said.items() if one != image_id} | (
                {image_id: landmark} if name == decision else {}
            )
            ids = tuple(one for one in before.ids if one != image_id) + ((image_id,) if name == decision else ())
            after = replace(before, ids=ids, said=said)
            if after != before and ids:
                save_bin(workspace, dataset_name, after)
            elif before.ids and not ids:
                remove_bin(workspace, dataset_name, name)


def accepted(workspace: Workspace, dataset: Dataset) -> dict[str, str]:
    """The landmark by id of the photographs that were accepted and that the dataset has, unlabelled until now."""
    unlabelled = {image.id for image in dataset.images if image.label is None}
    found = decisions(workspace, dataset.name)
    return {image_id: landmark for image_id, (name, landmark) in found.items() if name == ACCEPTED and image_id in unlabelled}
