"""The 256 colours terminals agree on, and which of them comes closest to a true colour."""

from functools import lru_cache

_FIRST_16 = (
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
)  # fmt: skip
_STEPS = (0, 95, 135, 175, 215, 255)


def rgb_of(index: int) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of palette colour `index` (0 to 255), by xterm's defaults."""
    if index < 16:
        return _split(_FIRST_16[index])
    if index < 232:
        index -= 16
        return _STEPS[index // 36], _STEPS[index // 6 % 6], _STEPS[index % 6]
    grey = 8 + 10 * (index - 232)
    return grey, grey, grey


@lru_cache(maxsize=4096)
def nearest_256(rgb: int) -> int:
    """The colour of 16 to 255 nearest to 0xRRGGBB; below 16 the user's theme decides, so never those."""
    red, green, blue = _split(rgb)
    cube = tuple(_step(part) for part in (red, green, blue))
    cube_index = 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
    grey_index = 232 + max(0, min(23, round(((red + green + blue) / 3 - 8) / 10)))
    return min(cube_index, grey_index, key=lambda index: _distance(rgb_of(index), (red, green, blue)))


@lru_cache(maxsize=4096)
def nearest_16(rgb: int) -> int:
    """The colour of 0 to 15 nearest to 0xRRGGBB, by xterm's defaults."""
    wanted = _split(rgb)
    return min(range(16), key=lambda index: _distance(rgb_of(index), wanted))


def _split(rgb: int) -> tuple[int, int, int]:
    return rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255


def _step(part: int) -> int:
    return min(range(6), key=lambda index: abs(_STEPS[index] - part))


def _distance(colour: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Squared distance, weighted by how the eye sees red, green and blue ("redmean")."""
    mean = (colour[0] + other[0]) / 2
    red, green, blue = (left - right for left, right in zip(colour, other, strict=True))
    return (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue
