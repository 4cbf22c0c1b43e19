"""What the kinds of questions share: the card's view and words, and choices that are the same for the same seed."""

from dataclasses import dataclass
from random import Random
from urllib.parse import parse_qsl

from retrieval_core.datasets.types import Query
from retrieval_core.lessons.card import Card
from retrieval_core.lessons.chosen_queries import find_query
from retrieval_core.lessons.counted_figures import best
from retrieval_core.lessons.reading import NotHere, described
from retrieval_core.lessons.shown import Shown
from retrieval_core.stored.results import Results


@dataclass(frozen=True)
class Asking:
    """A question that is to be put: the filled card that it stands on, and the seed of what is chosen."""

    shown: Shown
    card: Card
    seed: int = 0

    def word(self, name: str, *parameters: str) -> str:
        """What the question says of a name, else the first of these parameters that the card's view has; empty where neither does."""
        view = dict(parse_qsl(self.card.view.partition("?")[2]))
        of = self.card.question.of if self.card.question else {}
        return next((found for found in (of.get(name, ""), *(view.get(one, "") for one in parameters)) if found), "")

    @property
    def model(self) -> str:
        """The model that is asked about: the question's, the view's, else the one with the highest mAP."""
        return self.word("model", "model") or best(self.shown).words

    @property
    def results(self) -> Results:
        """What that model has described; NotHere with the command where it has not."""
        return described(self.shown, self.model)

    def query(self, otherwise: str) -> Query:
        """The query that is asked about: the question's, the view's, else the one that a rule picks."""
        return find_query(self.shown, self.word("query", "query") or otherwise)

    def random(self, what: str) -> Random:
        """Draws that are the same for the same dataset, model and seed."""
        return Random(f"{self.seed} {self.shown.dataset_name} {self.shown.run} {what}")

    def known(self, image_id: str) -> str:
        """The id of a photograph of the dataset; NotHere for another."""
        if not any(image.id == image_id for image in self.shown.dataset.images):
            raise NotHere(f"{self.shown.dataset_name} has no photograph {image_id!r}. Choose another one on the map, and add the view "
                          "to the lesson again.")  # fmt: skip
        return image_id
