"""All aggregations by the names that stand behind a model's key."""

from retrieval_core.descriptors.aggregation.aggregation import Aggregation
from retrieval_core.descriptors.aggregation.asmk import Asmk
from retrieval_core.descriptors.aggregation.bow import Bow
from retrieval_core.descriptors.aggregation.crow import Crow
from retrieval_core.descriptors.aggregation.fisher import Fisher
from retrieval_core.descriptors.aggregation.gem import Gem
from retrieval_core.descriptors.aggregation.mac import Mac
from retrieval_core.descriptors.aggregation.mean import Mean
from retrieval_core.descriptors.aggregation.netvlad import NetVlad
from retrieval_core.descriptors.aggregation.rmac import Rmac
from retrieval_core.descriptors.aggregation.spoc import Spoc
from retrieval_core.descriptors.aggregation.vlad import Vlad

TABLE: dict[str, type[Aggregation]] = {
    "gem": Gem, "mac": Mac, "mean": Mean, "spoc": Spoc, "crow": Crow, "rmac": Rmac, "vlad": Vlad, "netvlad": NetVlad,
    "fisher": Fisher, "bow": Bow, "asmk": Asmk,
}  # fmt: skip
"""What each name of AGGREGATIONS is."""
