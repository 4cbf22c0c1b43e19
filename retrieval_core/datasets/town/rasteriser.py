"""A small software rasteriser: z-buffer, perspective-correct textures with mip levels, opacity test, shadow map.

The inner loops run over pixels and are compiled by Numba; everything is float32 but the geometry.
"""

import math

import numpy as np
from numba import njit

from retrieval_core.datasets.town.textures import SIDE

LEVELS = 6  # mip levels: SIDE, SIDE/2, …
NEAR = 0.3  # metres: what is nearer to the camera is cut away
OPAQUE = 110  # opacity from which a texel hides what lies behind
SHADOW_BIAS = 0.35  # metres
FAR_GROUND = 400.0  # metres: beyond this the ground is haze
MIP_OFFSETS = np.cumsum([0] + [(SIDE >> level) ** 2 for level in range(LEVELS)]).astype(np.int64)


def mip_maps(textures: np.ndarray) -> np.ndarray:
    """All mip levels of textures (K, SIDE, SIDE, 5), one after the other: (K, texels, 5) uint8."""
    level: np.ndarray = textures.astype(np.float32)
    levels = [level]
    for _ in range(LEVELS - 1):
        level = (level[:, ::2, ::2] + level[:, 1::2, ::2] + level[:, ::2, 1::2] + level[:, 1::2, 1::2]) / 4
        levels.append(level)
    return np.concatenate([level.reshape(len(textures), -1, 5) for level in levels], 1).astype(np.uint8)


@njit(cache=True, fastmath=True)
def texel(offsets, u, v, level):
    """Position of the nearest texel of a mip level; textures repeat."""
    side = SIDE >> level
    return offsets[level] + (int(math.floor(v * side)) % side) * side + int(math.floor(u * side)) % side


@njit(cache=True, fastmath=True)
def clip(triangle, uv, points, coordinates, flat):
    """Cut a triangle at the near plane; returns how many corners are left in `points` and `coordinates`."""
    count = 0
    for i in range(3):
        j = (i + 1) % 3
        if flat or triangle[i, 2] > NEAR:
            for k in range(3):
                points[count, k] = triangle[i, k]
            for k in range(2):
                coordinates[count, k] = uv[i, k]
            count += 1
        if not flat and (triangle[i, 2] > NEAR) != (triangle[j, 2] > NEAR):
            part = (NEAR - triangle[i, 2]) / (triangle[j, 2] - triangle[i, 2])
            for k in range(3):
                points[count, k] = triangle[i, k] + part * (triangle[j, k] - triangle[i, k])
            for k in range(2):
                coordinates[count, k] = uv[i, k] + part * (uv[j, k] - uv[i, k])
            count += 1
    return count


@njit(cache=True, fastmath=True)
def rasterise(corners, uvs, tiles, focal, centre_x, centre_y, flat, mips, offsets, depth, owner, us, vs, levels):
    """Draw triangles (T, 3, 3) in camera space (x right, y down, z forward) into the buffers (H, W).

    depth: distance along the axis. owner: number of the triangle, -1 where there is none. us, vs, levels: where and how
    finely its texture is read. `flat` projects in parallel, for the shadow map.
    """
    height, width = depth.shape
    points, coordinates = np.empty((4, 3)), np.empty((4, 2))
    for t in range(corners.shape[0]):
        count = clip(corners[t], uvs[t], points, coordinates, flat)
        for fan in range(1, count - 1):
            a, b, c = 0, fan, fan + 1
            wa = 1.0 if flat else 1 / points[a, 2]
            wb = 1.0 if flat else 1 / points[b, 2]
            wc = 1.0 if flat else 1 / points[c, 2]
            xa, ya = points[a, 0] * focal * wa + centre_x, points[a, 1] * focal * wa + centre_y
            xb, yb = points[b, 0] * focal * wb + centre_x, points[b, 1] * focal * wb + centre_y
            xc, yc = points[c, 0] * focal * wc + centre_x, points[c, 1] * focal * wc + centre_y
            area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
            if abs(area) < 1e-6:
                continue
            left, right = max(0, int(math.floor(min(xa, xb, xc)))), min(width - 1, int(math.ceil(max(xa, xb, xc))))
            top, bottom = max(0, int(math.floor(min(ya, yb, yc)))), min(height - 1, int(math.ceil(max(ya, yb, yc))))
            if left > right or top > bottom:
                continue
            ua, va, ub, vb = coordinates[a, 0], coordinates[a, 1], coordinates[b, 0], coordinates[b, 1]
            uc, vc = coordinates[c, 0], coordinates[c, 1]
            texels = abs((ub - ua) * (vc - va) - (uc - ua) * (vb - va)) * SIDE * SIDE
            level = min(LEVELS - 1, max(0, int(math.log2(math.sqrt(texels / abs(area) + 1e-9) + 1e-9) + 0.5)))
            inverse = 1 / area
            for y in range(top, bottom + 1):
                for x in range(left, right + 1):
                    px, py = x + 0.5, y + 0.5
                    first = ((xb - px) * (yc - py) - (xc - px) * (yb - py)) * inverse
                    second = ((xc - px) * (ya - py) - (xa - px) * (yc - py)) * inverse
                    third = 1 - first - second
                    if first < 0 or second < 0 or third < 0:
                        continue
                    if flat:
                        z = first * points[a, 2] + second * points[b, 2] + third * points[c, 2]
                    else:
                        z = 1 / (first * wa + second * wb + third * wc)
                    if z >= depth[y, x]:
                        continue
                    scale = 1.0 if flat else z
                    u = (first * wa * ua + second * wb * ub + third * wc * uc) * scale
                    v = (first * wa * va + second * wb * vb + third * wc * vc) * scale
                    if mips[tiles[t], texel(offsets, u, v, min(level, 3)), 4] < OPAQUE:
                        continue
                    depth[y, x], owner[y, x], us[y, x], vs[y, x], levels[y, x] = z, t, u, v, level


@njit(cache=True, fastmath=True)
def shade(
    out, depth, owner, us, vs, levels, mips, offsets, tiles, normals, tints, focal, centre_x, centre_y, rotation, eye,
    sun, sun_colour, ambient, sky, ground, ground_scale, emission, fog_distance, fog_colour, shadow, light, shadow_scale,
    shadow_origin, shadows,
):  # fmt: skip
    """Light every pixel of the buffers into `out` (H, W, 3): textures, sun and shadow, sky light, fog, lit windows."""
    height, width = depth.shape
    half = shadow.shape[0] / 2
    for y in range(height):
        for x in range(width):
            t = owner[y, x]
            dx, dy = (x + 0.5 - centre_x) / focal, (y + 0.5 - centre_y) / focal
            rx = rotation[0, 0] * dx + rotation[1, 0] * dy + rotation[2, 0]
            ry = rotation[0, 1] * dx + rotation[1, 1] * dy + rotation[2, 1]
            rz = rotation[0, 2] * dx + rotation[1, 2] * dy + rotation[2, 2]
            z = depth[y, x]
            nx, ny, nz = 0.0, 0.0, 1.0
            red, green, blue = 1.0, 1.0, 1.0
            if t < 0:
                if rz > -1e-4:
                    for c in range(3):
                        out[y, x, c] = sky[y, x, c]
                    continue
                z = -eye[2] / rz
                if z > FAR_GROUND:
                    for c in range(3):
                        out[y, x, c] = fog_colour[c]
                    continue
                u, v, tile = (eye[0] + rx * z) * ground_scale, (eye[1] + ry * z) * ground_scale, ground
                wide = z / focal * ground_scale * SIDE * 1.5 / math.sqrt(max(0.15, -rz))
                level = min(LEVELS - 1, max(0, int(math.log2(wide + 1e-9) + 0.5)))
            else:
                u, v, level, tile = us[y, x], vs[y, x], levels[y, x], tiles[t]
                nx, ny, nz = normals[t, 0], normals[t, 1], normals[t, 2]
                red, green, blue = tints[t, 0], tints[t, 1], tints[t, 2]
                if nx * rx + ny * ry + nz * rz > 0:
                    nx, ny, nz = -nx, -ny, -nz
            p = texel(offsets, u, v, level)
            wx, wy, wz = eye[0] + rx * z, eye[1] + ry * z, eye[2] + rz * z
            direct = max(0.0, nx * sun[0] + ny * sun[1] + nz * sun[2])
            if direct > 0 and shadows:
                ax, ay, az = (
                    wx + nx * 0.25 - shadow_origin[0],
                    wy + ny * 0.25 - shadow_origin[1],
                    wz + nz * 0.25 - shadow_origin[2],
                )
                sx = int((light[0, 0] * ax + light[0, 1] * ay + light[0, 2] * az) * shadow_scale + half)
                sy = int((light[1, 0] * ax + light[1, 1] * ay + light[1, 2] * az) * shadow_scale + half)
                sz = light[2, 0] * ax + light[2, 1] * ay + light[2, 2] * az
                if 0 <= sx < shadow.shape[1] and 0 <= sy < shadow.shape[0] and shadow[sy, sx] < sz - SHADOW_BIAS:
                    direct = 0.0
            # Little sky light reaches the foot of a wall, and the underside of anything.
            open_sky = (0.68 + 0.32 * min(1.0, max(0.0, wz) / 5.0)) * (0.75 + 0.25 * nz) if t >= 0 else 0.95
            fog = 1 - math.exp(-z / fog_distance)
            glow = mips[tile, p, 3] / 255.0 * emission
            for c in range(3):
                tint = red if c == 0 else (green if c == 1 else blue)
                value = mips[tile, p, c] * tint * (ambient[c] * open_sky + direct * sun_colour[c])
                if glow > 0:
                    value = value * (1 - glow) + glow * (250.0 if c == 0 else (205.0 if c == 1 else 120.0))
                out[y, x, c] = value * (1 - fog) + fog_colour[c] * fog
