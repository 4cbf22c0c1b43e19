"""Fisher vectors of the positions of a map, by scikit-image; nothing of it is trained, unlike in the siamese network of the report.

Source: Perronnin, Sánchez and Mensink, "Improving the Fisher kernel for large-scale image classification", ECCV 2010.
"""

import warnings

import numpy as np
import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation, Vocabulary, local_vectors
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.search_choices import LOCAL, MIXTURES

SEED = 0
ROUNDS = 40  # of expectation and maximisation


class Fisher(GlobalAggregation):
    """The gradients of a mixture of Gaussians by its means and its variances; those by its weights are left out, as is usual."""

    def __init__(self, vocabulary: Vocabulary):
        from sklearn.mixture import GaussianMixture  # takes a while to load, and other aggregations do without

        super().__init__(vocabulary)
        self.turned = Whitening(vocabulary["mean"], vocabulary["projection"], vocabulary["axes"], power=0.0)
        self.mixture = GaussianMixture(len(vocabulary["weights"]), covariance_type="diag")
        self.mixture.weights_, self.mixture.means_ = vocabulary["weights"], vocabulary["means"]
        self.mixture.covariances_ = vocabulary["variances"]
        self.mixture.precisions_cholesky_ = 1 / np.sqrt(vocabulary["variances"])

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """The axes of a PCA, then a mixture of what the vectors are along these."""
        from skimage.feature import learn_gmm
        from sklearn.exceptions import ConvergenceWarning

        turned = Whitening.fit(vectors, power=0.0, dim=min(LOCAL, vectors.shape[1]))
        few = min(MIXTURES, len(vectors))
        how = {"covariance_type": "diag", "random_state": SEED, "max_iter": ROUNDS, "reg_covar": 1e-5}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the last rounds change little, and take long
            mixture = learn_gmm(_along(turned, vectors), n_modes=few, gm_args=how)
        return {"mean": turned.mean, "projection": turned.projection, "axes": turned.variances, "weights": mixture.weights_,
                "means": mixture.means_, "variances": mixture.covariances_}  # fmt: skip

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """The signed roots of the gradients."""
        found = [self._gradients(local) for local in local_vectors(maps).cpu().numpy()]
        return torch.from_numpy(np.stack(found)).to(maps.device)

    def _gradients(self, local: np.ndarray) -> np.ndarray:
        from skimage.feature import fisher_vector

        whole = fisher_vector(_along(self.turned, local).astype(np.float64), self.mixture)
        gradients = whole[len(self.mixture.weights_) :]
        return (np.sign(gradients) * np.sqrt(np.abs(gradients))).astype(np.float32)


def _along(turned: Whitening, vectors: np.ndarray) -> np.ndarray:
    """Vectors (N, C) along the axes: (N, K); their lengths stay."""
    return (vectors - turned.mean) @ turned.projection
