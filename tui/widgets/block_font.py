"""Shapes of digits, letters and signs: a few strokes each, to be stretched to any size."""

from collections.abc import Mapping

Shape = tuple[str, ...]
"""Rows and columns; those at even places are strokes, those at odd ones the gaps between."""


def _shapes(*drawn: str) -> dict[str, Shape]:
    """Shapes from pictures: a line of the characters, then five lines of what they look like."""
    shapes: dict[str, Shape] = {}
    for picture in drawn:
        names, *rows = picture.strip("\n").split("\n")
        columns = [row.split("|") for row in rows]
        for place, name in enumerate(names.split()):
            shapes[name] = tuple(column[place].replace(".", " ") for column in columns)
    return shapes


GLYPHS: Mapping[str, Shape] = {
    " ": ("  ",) * 5,
    "|": ("#",) * 5,
    **_shapes(
        """
0 1 2 3 4 5 6 7 8 9
###|..#|###|###|#.#|###|###|###|###|###
#.#|..#|..#|..#|#.#|#..|#..|..#|#.#|#.#
#.#|..#|###|###|###|###|###|..#|###|###
#.#|..#|#..|..#|..#|..#|#.#|..#|#.#|..#
###|..#|###|###|..#|###|###|..#|###|###
""",
        """
A B C D E F G H I
###|##.|###|##.|###|###|###|#.#|#
#.#|#.#|#..|#.#|#..|#..|#..|#.#|#
###|##.|#..|#.#|##.|##.|#.#|###|#
#.#|#.#|#..|#.#|#..|#..|#.#|#.#|#
#.#|##.|###|##.|###|#..|###|#.#|#
""",
        """
J K L M N O P Q R
..#|#..#|#..|#...#|#..#|###|###|###.|##.
..#|#.#.|#..|##.##|##.#|#.#|#.#|#.#.|#.#
..#|##..|#..|#.#.#|#.##|#.#|###|#.#.|##.
#.#|#.#.|#..|#...#|#..#|#.#|#..|#.#.|#.#
###|#..#|###|#...#|#..#|###|#..|####|#.#
""",
        """
S T U V W X Y Z
###|###|#.#|#.#|#...#|#.#|#.#|###
#..|.#.|#.#|#.#|#...#|#.#|#.#|..#
###|.#.|#.#|#.#|#.#.#|.#.|.#.|.#.
..#|.#.|#.#|#.#|##.##|#.#|.#.|#..
###|.#.|###|.#.|#...#|#.#|.#.|###
""",
        """
— - : . , ' … / & ( ) + = # ≥ ▲ ▼ · ! ?
...|..|.|.|..|#|.....|..#|.#..|.#|#.|...|...|#.#.#|##.|..#..|.....|.|#|###
...|..|#|.|..|.|.....|..#|#.#.|#.|.#|.#.|###|#####|.##|..#..|#####|.|#|..#
###|##|.|.|..|.|.....|.#.|.#..|#.|.#|###|...|#.#.#|##.|.###.|.###.|#|#|.##
...|..|#|.|.#|.|.....|#..|#.#.|#.|.#|.#.|###|#####|...|.###.|.###.|.|.|...
...|..|.|#|#.|.|#.#.#|#..|.#.#|.#|#.|...|...|#.#.#|###|#####|..#..|.|#|.#.
""",
    ),
}
"""Full height: the digits, the capitals and the signs that names and figures need."""

SHORT: Mapping[str, Shape] = _shapes(
    """
m s
#####|###
#.#.#|#..
#.#.#|###
#.#.#|..#
#.#.#|###
"""
) | {
    "h": ("#  ", "#  ", "###", "# #", "# #"),
    "d": ("  #", "  #", "###", "# #", "###"),
}
"""Units, lower than the digits they follow."""
