"""Which maps are looked at: how a link, an address and an artefact name them."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval_core.errors import check_choice
from retrieval_core.parameters import read_parameters
from retrieval_core.projection.maps import METHODS, read_map_seed
from retrieval_core.stored.artefacts import map_choice


@dataclass(frozen=True)
class MapChoice:
    """Which maps are looked at: `settings` as in "perplexity=40,iterations=200"; empty for the method's defaults."""

    run: str
    method: str
    subset: str = "all"
    settings: str = ""
    seed: int = 0

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "MapChoice":
        """From the parameters of a link; RetrievalError for a projection that there is not, or a seed that none can be."""
        method, seed = check_choice("projection", values["method"], METHODS), read_map_seed(values.get("seed", ""))
        return cls(values["run"], method, values["subset"], values.get("settings", ""), seed)

    def parameters(self) -> dict[str, float]:
        """The settings as numbers; RetrievalError for one that is none."""
        return read_parameters(self.settings)

    def as_stored(self) -> dict:
        """As artefacts name it."""
        return map_choice(self.method, self.subset, self.parameters(), self.seed)

    def address(self) -> str:
        """As the parameters of a link."""
        return f"run={self.run}&method={self.method}&subset={self.subset}&settings={self.settings}&seed={self.seed}"
