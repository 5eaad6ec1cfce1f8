"""A picture as SVG, and as PNG for a telephone: rectangles, lines and words in our own letters."""

from collections.abc import Iterator
from pathlib import Path

from messages.vietnamese import clean

FONTS = Path(__file__).parent / "fonts"
"""DejaVu Sans cut down to Latin and Vietnamese: a machine without fonts would draw no letters."""

FAMILY = "DejaVu Sans"
AVERAGE = 0.58
"""Width of a letter as a part of its height, on average and a little more."""

INK, FAINT, GRID, PAPER = "#1f2933", "#52606d", "#d9dee3", "#ffffff"


class Drawing:
    """A picture that grows as it is drawn.

    Args:
        width: pixels.
        height: pixels.
        title: what it shows, for those who cannot see it.
    """

    def __init__(self, width: int, height: int, title: str) -> None:
        self.width, self.height = width, height
        self._title = title
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a filled rectangle; one without extent is left out."""
        if width > 0 and height > 0:
            self._parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
                f'fill="{fill}"/>'
            )

    def line(self, x1: float, y1: float, x2: float, y2: float, ink: str, width: int = 2) -> None:
        """Draw a line."""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
            f'stroke-width="{width}"/>'
        )

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: int = 30,
        *,
        ink: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """Write words with their base line at y; `anchor` start, middle or end is at x."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{ink}" '
            f'text-anchor="{anchor}"{weight}>{escaped(text)}</text>'
        )

    def svg(self) -> str:
        """Give the picture as SVG."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" font-family="{FAMILY}">'
            f"<title>{escaped(self._title)}</title>"
            f'<rect width="{self.width}" height="{self.height}" fill="{PAPER}"/>'
            f"{''.join(self._parts)}</svg>"
        )

    def png(self) -> bytes:
        """Give the picture as PNG of its own size."""
        import resvg_py  # noqa: PLC0415 - a page shows the SVG itself

        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=self.svg(),
                skip_system_fonts=True,
                font_files=[str(path) for path in sorted(FONTS.glob("*.ttf"))],
                font_family=FAMILY,
            )
        )


def escaped(text: str) -> str:
    """Make words safe to stand in XML, in elements and attributes."""
    return (
        clean(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )


def wrapped(text: str, width: float, size: int) -> list[str]:
    """Break words into lines of at most so many pixels; one longer word stays whole."""
    return list(_wrapped(text.split(), width / (size * AVERAGE)))


def _wrapped(words: list[str], letters: float) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}".strip()
        if line and len(longer) > letters:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
