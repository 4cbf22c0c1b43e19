"""One photograph: the scene rendered at double size, what of the landmark is seen in it, and what the camera adds."""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image as PILImage
from PIL import ImageFilter

from retrieval_core.datasets.town.camera import View, draw_view, look_at
from retrieval_core.datasets.town.light import Light, draw_light, draw_sky
from retrieval_core.datasets.town.mesh import LANDMARK, Landmark
from retrieval_core.datasets.town.props import load_props
from retrieval_core.datasets.town.rasteriser import MIP_OFFSETS, mip_maps, rasterise, shade
from retrieval_core.datasets.town.street import Street, draw_street

OVERSAMPLING = 2
SHADOW_SIDE = 192  # pixels of the shadow map
GROUND_REPEATS = 0.16  # of the ground's texture a metre
WIDE = 0.2  # the frame in which the whole landmark is measured takes in this much less of everything
ATTEMPTS = 6  # views that are tried until one shows something
LEAST_SEEN = 0.02  # share of the picture that the landmark must fill
LEAST_CONTRAST = 9.0  # standard deviation of the grey values (0…255) below which a picture shows nothing


@dataclass(frozen=True)
class Seen:
    """What a photograph shows of its landmark. share: of the landmark's own silhouette; frame: of the picture."""

    share: float
    frame: float
    box: tuple[float, float, float, float] | None
    kind: str
    moment: str


class Studio:
    """A landmark with its textures prepared, to be photographed many times."""

    def __init__(self, landmark: Landmark, width: int, height: int):
        self.landmark, self.width, self.height = landmark, width, height
        self.mips = np.concatenate([mip_maps(landmark.textures), _props_mips()])

    def photograph(self, random: np.random.Generator) -> tuple[bytes, Seen]:
        """Take a photograph, as JPEG bytes, and say what is seen; empty views are taken again."""
        for attempt in range(ATTEMPTS):
            view, light = draw_view(self.landmark, random, self.height / self.width), draw_light(random)
            street = draw_street(self.landmark, view, random)
            picture, seen = self.render(street, view, light, random)
            shows = seen.frame >= LEAST_SEEN and picture.mean(2).std() >= LEAST_CONTRAST
            if shows or attempt == ATTEMPTS - 1:
                return develop(picture, light.moment == "night", random), seen
        raise AssertionError("the last attempt is always taken")

    def render(self, street: Street, view: View, light: Light, random) -> tuple[np.ndarray, Seen]:
        """The picture (H, W, 3) float, before the camera's own effects, and what it shows."""
        width, height = (self.height, self.width) if view.portrait else (self.width, self.height)
        wide, high = width * OVERSAMPLING, height * OVERSAMPLING
        focal = view.focal * wide
        camera = np.ascontiguousarray((street.corners - view.eye) @ view.rotation.T)
        depth, owner, us, vs, levels = _buffers(high, wide)
        rasterise(camera, street.uv, street.texture, focal, wide / 2, high / 2, False, self.mips, MIP_OFFSETS, depth, owner,
                  us, vs, levels)  # fmt: skip
        shadow, rotation, scale, origin = self.shadow_map(street, light)
        out = np.empty((high, wide, 3), np.float32)
        sky = draw_sky(light, view, wide, high, random)
        shade(
            out, depth, owner, us, vs, levels, self.mips, MIP_OFFSETS, street.texture, street.normal, street.tint, focal,
            wide / 2, high / 2, view.rotation, view.eye, light.sun, light.sun_colour, light.ambient, sky,
            self.landmark.ground, GROUND_REPEATS, light.emission, light.fog_distance, light.horizon.astype(np.float32),
            shadow, rotation, scale, origin, light.shadows,
        )  # fmt: skip
        return shrink(out), self.measure(street, view, light, camera, owner, focal)

    def shadow_map(self, street: Street, light: Light):
        """Depth (S, S) as the sun sees it, with the rotation, pixels a metre and the centre of its view."""
        depth, owner, us, vs, levels = _buffers(SHADOW_SIDE, SHADOW_SIDE)
        low, high = self.landmark.low, self.landmark.high
        centre = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, high[2] * 0.4])
        reach = max(high[0] - low[0], (high[2] - low[2]) * 1.25) * 0.75 + 8
        scale = SHADOW_SIDE / 2 / reach
        if not light.shadows:
            return depth, np.eye(3), scale, centre
        rotation = look_at(np.zeros(3), -light.sun, 0.0)
        seen = np.ascontiguousarray((street.corners - centre) @ rotation.T)
        rasterise(seen, street.uv, street.texture, scale, SHADOW_SIDE / 2, SHADOW_SIDE / 2, True, self.mips, MIP_OFFSETS,
                  depth, owner, us, vs, levels)  # fmt: skip
        return depth, rotation, scale, centre

    def measure(self, street: Street, view: View, light: Light, camera, owner, focal) -> Seen:
        """Compare the landmark's visible pixels with those it would have, alone, in a frame that takes all of it in."""
        visible = (owner >= 0) & (street.part[np.maximum(owner, 0)] == LANDMARK)
        high, wide = owner.shape[0] // 2, owner.shape[1] // 2
        depth, alone, us, vs, levels = _buffers(high, wide)
        own = self.landmark.part == LANDMARK
        shrunk = focal * WIDE / view.zoom
        rasterise(camera[: len(own)][own], self.landmark.uv[own], self.landmark.texture[own], shrunk, wide / 2, high / 2, False,
                  self.mips, MIP_OFFSETS, depth, alone, us, vs, levels)  # fmt: skip
        whole = (alone >= 0).sum() * (focal / shrunk) ** 2
        box = None
        if visible.any():
            rows, columns = np.flatnonzero(visible.any(1)), np.flatnonzero(visible.any(0))
            left, top, right, bottom = (float(edge) / OVERSAMPLING for edge in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
            box = left, top, right, bottom
        return Seen(float(visible.sum() / max(1, whole)), float(visible.mean()), box, view.kind, light.moment)


def shrink(picture: np.ndarray) -> np.ndarray:
    """Average squares of OVERSAMPLING² pixels; several times faster than numpy's mean over two axes, same bits."""
    step = OVERSAMPLING
    total = picture[::step, ::step].copy()
    for k in range(1, step * step):
        total += picture[k // step :: step, k % step :: step]
    return total / np.float32(step * step)


@cache
def _props_mips() -> np.ndarray:
    return mip_maps(load_props().textures)


def develop(picture: np.ndarray, night: bool, random: np.random.Generator) -> bytes:
    """What the camera adds: exposure, white balance, vignette, noise, black and white, blur, JPEG."""
    height, width = picture.shape[:2]
    gamma, exposure = random.normal(1, 0.1), random.uniform(0.85, 1.18)
    picture = 255 * np.clip(picture / 255 * exposure, 0, 1) ** gamma * (1 + random.normal(0, 0.02, 3))
    if random.random() < 0.5:
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        picture = picture * (1 - random.uniform(0, 0.28) * (x**2 + y**2) / 2)[..., None]
    picture = picture + random.normal(0, random.uniform(1, 11 if night else 6), picture.shape)
    if random.random() < 0.07:
        grey = (picture @ np.array([0.3, 0.59, 0.11]))[..., None]
        picture = grey * (np.array([1.05, 0.97, 0.82]) if random.random() < 0.4 else np.ones(3))
    image = PILImage.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    if random.random() < 0.15:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.6)))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=int(random.integers(55, 93)))
    return data.getvalue()


def _buffers(height: int, width: int):
    shape = (height, width)
    return (
        np.full(shape, 1e9, np.float32), np.full(shape, -1, np.int32), np.zeros(shape, np.float32),
        np.zeros(shape, np.float32), np.zeros(shape, np.int32),
    )  # fmt: skip
