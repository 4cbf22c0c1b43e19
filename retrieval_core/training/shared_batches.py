"""A batch that several processes share: each computes its rows, all see the whole outcome, and learn what one alone would learn.

The loss is computed of all rows in every process, so hard negatives are those of the whole batch. Batch normalisation takes mean and
variance of the whole batch, and dropout the masks that one process would draw.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from warnings import catch_warnings, simplefilter

import torch
import torch.distributed as dist
from timm.layers import BatchNormAct2d
from torch import nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

from retrieval_core.exchange import shares
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.processes import count, rank


@dataclass
class _Shared:
    """The batch of now: how many rows it has in all, and which of them are this process's."""

    rows: int = 0
    own: slice = field(default_factory=lambda: slice(0, 0))

    @property
    def is_idle(self) -> bool:
        """Whether there are fewer rows than processes, and none for this one."""
        return self.own.start == self.own.stop


def own_rows(rows: int) -> slice:
    """The rows of a batch whose pictures this process reads. Where there are fewer than processes, it reads one that does not count."""
    own = shares(rows)[rank()]
    return own if own.start < own.stop else slice(0, 1)


class SharedNetwork:
    """A network in training, as objectives see it: it takes a process's own pictures, and gives the rows of all.

    Every process makes one of the same network at the same time; weights are those of process 0 from then on.
    """

    def __init__(self, network: RetrievalNetwork):
        self._batch = _Shared()
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.__class__ = _SharedBatchNormAct if isinstance(layer, BatchNormAct2d) else _SharedBatchNorm
            elif isinstance(layer, nn.Dropout):
                layer.__class__ = _SharedDropout
            if isinstance(layer, _SharedBatchNorm | _SharedBatchNormAct | _SharedDropout):
                layer.batch = self._batch
        with catch_warnings():  # newer versions have another word for it, which older ones don't know
            simplefilter("ignore", FutureWarning)
            self._whole = DistributedDataParallel(_Entrance(network), broadcast_buffers=False)

    def begin(self, rows: int, last: bool) -> AbstractContextManager:
        """Begin a batch of that many rows in all. Gradients are added up over the processes with the last one of a step."""
        self._batch.rows, self._batch.own = rows, shares(rows)[rank()]
        return nullcontext() if last else self._whole.no_sync()

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """Descriptors (B, D) of the whole batch, of which `images` are the own rows."""
        return self._gathered(self._whole(images, "descriptors"))

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """Class scores (B, classes) of the whole batch, likewise."""
        return self._gathered(self._whole(images, "logits"))

    def _gathered(self, rows: torch.Tensor) -> torch.Tensor:
        own = self._batch.own
        return _Gather.apply(rows[: own.stop - own.start], [one.stop - one.start for one in shares(self._batch.rows)])


class _Entrance(nn.Module):
    """What DistributedDataParallel wraps: it knows a network by `forward` alone."""

    def __init__(self, network: RetrievalNetwork):
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor, what: str) -> torch.Tensor:
        return getattr(self.network, what)(images)


class _Gather(torch.autograd.Function):
    """The rows of all processes, one after the other. The gradient of the own rows is taken times the processes, of which
    DistributedDataParallel takes the mean."""

    @staticmethod
    def forward(ctx: Any, rows: torch.Tensor, sizes: list[int]) -> torch.Tensor:
        padded = rows.new_zeros(max(sizes), *rows.shape[1:])
        padded[: len(rows)] = rows
        found = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(found, padded)
        ctx.begin, ctx.size = sum(sizes[: rank()]), len(rows)
        return torch.cat([part[:size] for part, size in zip(found, sizes, strict=True)])

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient[ctx.begin : ctx.begin + ctx.size] * count(), None


class _Normalise(torch.autograd.Function):
    """Batch normalisation (B, C, h, w) by the mean and variance (C,) of all processes' rows; gives these too, and their number.

    Source of the gradients: Ioffe and Szegedy, "Batch normalization", ICML 2015; variances are put together as in Chan, Golub and
    LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    """

    @staticmethod
    def forward(ctx: Any, maps: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float, idle: bool):
        values = maps.float()
        variance, mean = torch.var_mean(values, (0, 2, 3), correction=0)
        number = torch.tensor([0.0 if idle else values.numel() / values.shape[1]], device=maps.device)
        own = torch.cat([number, mean, variance])
        found = [torch.empty_like(own) for _ in range(count())]
        dist.all_gather(found, own)
        numbers, means, variances = torch.stack(found).split([1, len(mean), len(mean)], 1)
        total = numbers.sum()
        mean = (numbers * means).sum(0) / total
        variance = (numbers * (variances + (means - mean) ** 2)).sum(0) / total
        ctx.save_for_backward(maps, weight, mean, (variance + eps).rsqrt(), total)
        ctx.idle = idle
        ctx.mark_non_differentiable(mean, variance, total)
        return functional.batch_norm(maps, mean, variance, weight, bias, eps=eps), mean, variance, total

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor, *_: Any):
        maps, weight, mean, scale, total = ctx.saved_tensors
        shape = (1, -1, 1, 1)
        slopes, centred = gradient.float(), maps.float() - mean.view(shape)
        of_bias, of_scale = slopes.sum((0, 2, 3)), (slopes * centred).sum((0, 2, 3))
        dist.all_reduce(sums := torch.stack([of_bias, of_scale]))
        if not ctx.idle:
            through_mean, through_variance = (sums / total).view(2, *shape)
            slopes = slopes - through_mean - centred * scale.view(shape) ** 2 * through_variance
        return (slopes * (weight * scale).view(shape)).to(maps.dtype), of_scale * scale, of_bias, None, None


def _normalised(layer: Any, maps: torch.Tensor) -> torch.Tensor:
    """What a layer makes of the own rows of a shared batch; its running mean and variance follow the whole batch."""
    normalised, mean, variance, total = _Normalise.apply(maps, layer.weight, layer.bias, layer.eps, layer.batch.is_idle)
    with torch.no_grad():
        layer.num_batches_tracked += 1
        layer.running_mean.lerp_(mean, layer.momentum)
        layer.running_var.lerp_(variance * total / (total - 1), layer.momentum)
    return normalised


class _SharedBatchNorm(nn.BatchNorm2d):
    """Batch normalisation of torchvision's networks over all processes, while it is not frozen."""

    batch: _Shared

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return _normalised(self, maps) if self.training and count() > 1 else super().forward(maps)


class _SharedBatchNormAct(BatchNormAct2d):
    """The same of timm's, which have the activation after it in them."""

    batch: _Shared

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.act(self.drop(_normalised(self, maps))) if self.training and count() > 1 else super().forward(maps)


class _SharedDropout(nn.Dropout):
    """Dropout whose masks are the own rows of those of the whole batch."""

    batch: _Shared

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        if not self.training or count() == 1:
            return super().forward(rows)
        masks = rows.new_empty(self.batch.rows, *rows.shape[1:]).bernoulli_(1 - self.p).div_(1 - self.p)
        return rows * (masks[:1] if self.batch.is_idle else masks[self.batch.own])
