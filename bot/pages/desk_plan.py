"""Where open tickets are: a plan of villages and pins, over tiles where a setting names them.

The plan is drawn in the projection of web maps (Mercator), so that tiles fit under it. A village
stands where the commune says, else in the middle of the pins of its tickets.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from storage.tickets import Ticket

WIDE, LOWEST, TALLEST = 600.0, 320.0, 900.0
"""Units of the drawing; a telephone shows about half a pixel for each."""

EDGE = 70.0
"""Units around the outermost points, so that a mark fits, and its name below it."""

MARGIN, LETTER = 8.0, 17.0
"""Units between a name and the edge, and the width of a letter at the most, on the average."""

LEAST = 2e-5
"""The least width of what is shown, as a share of the world's (some 800 m): one pin is no point."""

FAR = 0.4
"""Degrees from the middle beyond which a pin is a slip of the finger, not a place in a commune."""

ACROSS, DEEPEST = 4, 18
"""Tiles across the plan at most, and the deepest zoom that servers commonly have."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pin:
    """A ticket on the plan; `photo` is its picture's address, "" for none."""

    x: float
    y: float
    code: str
    late: bool
    photo: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A village on the plan, with how many of its tickets have no pin of their own."""

    x: float
    y: float
    village: str
    count: int
    late: int

    @property
    def name(self) -> tuple[str, float]:
        """Give which end of the name is held ("start", "middle", "end"), and where from the west.

        Near an edge the name is held there: in its middle it would be cut off.
        """
        half = MARGIN + len(self.village) * LETTER / 2
        if self.x < half:
            return "start", MARGIN
        if self.x > WIDE - half:
            return "end", WIDE - MARGIN
        return "middle", self.x


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of the ground."""

    x: float
    y: float
    size: float
    url: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn.

    Attributes:
        width, height: of the drawing, in its units.
        pins, spots, tiles: what is on it.
        unplaced: tickets of which nobody knows where they are.
    """

    width: float
    height: float
    pins: tuple[Pin, ...]
    spots: tuple[Spot, ...]
    tiles: tuple[Tile, ...]
    unplaced: tuple[Ticket, ...]


def drawn(
    tickets: Sequence[Ticket],
    centres: Mapping[str, Place],
    *,
    late: frozenset[str] = frozenset(),
    photos: Mapping[str, str] | None = None,
    tiles: str = "",
) -> Plan:
    """Draw the plan.

    Args:
        tickets: those to be shown.
        centres: village → latitude and longitude, as far as the commune has told.
        late: codes of those past their deadline.
        photos: code → address of a picture.
        tiles: address of the tiles with {z}, {x} and {y}, "" for none.
    """
    pinned = _pinned(tickets, centres)
    known = {**_middles(tickets, pinned), **centres}
    by_village: dict[str, list[Ticket]] = {village: [] for village in centres}
    unplaced = []
    for one in tickets:
        if one.code in pinned:
            continue
        if one.village in known:
            by_village.setdefault(one.village, []).append(one)
        else:
            unplaced.append(one)
    frame = _Frame.around([*pinned.values(), *(known[village] for village in by_village)])
    found = photos or {}
    return Plan(
        frame.width,
        frame.height,
        tuple(
            Pin(*frame.at(place), code, code in late, found.get(code, ""))
            for code, place in pinned.items()
        ),
        tuple(
            Spot(*frame.at(known[village]), village, len(own), sum(one.code in late for one in own))
            for village, own in by_village.items()
        ),
        tuple(frame.tiles(tiles)) if tiles and (pinned or by_village) else (),
        tuple(unplaced),
    )


def origin_of(tiles: str) -> str:
    """Give the origin of an address of tiles, which the page's policy has to allow."""
    parts = urlsplit(tiles)
    return f"{parts.scheme}://{parts.netloc}"


def _pinned(tickets: Sequence[Ticket], centres: Mapping[str, Place]) -> dict[str, Place]:
    """Give code → place of the tickets with a pin, those far from all others left out."""
    pins = {
        one.code: (one.latitude, one.longitude)
        for one in tickets
        if one.latitude is not None and one.longitude is not None
    }
    if not pins:
        return {}
    around = list(centres.values()) or list(pins.values())
    middle = median(one[0] for one in around), median(one[1] for one in around)
    return {
        code: place
        for code, place in pins.items()
        if abs(place[0] - middle[0]) < FAR and abs(place[1] - middle[1]) < FAR
    }


def _middles(tickets: Sequence[Ticket], pinned: Mapping[str, Place]) -> dict[str, Place]:
    """Give village → middle of the pins of its tickets."""
    places: dict[str, list[Place]] = {}
    for one in tickets:
        if one.village and one.code in pinned:
            places.setdefault(one.village, []).append(pinned[one.code])
    return {
        village: (median(one[0] for one in own), median(one[1] for one in own))
        for village, own in places.items()
    }


def _mercator(place: Place) -> Place:
    """Give a place as a share of the world's width, from west and from north."""
    latitude, longitude = place
    north = math.asinh(math.tan(math.radians(max(-85.0, min(85.0, latitude)))))
    return (longitude + 180) / 360, (1 - north / math.pi) / 2


@dataclass(frozen=True, slots=True)
class _Frame:
    """What part of the world is drawn, and how large."""

    west: float
    north: float
    scale: float
    height: float
    width: float = WIDE

    @classmethod
    def around(cls, places: Sequence[Place]) -> "_Frame":
        points = [_mercator(place) for place in places] or [(0.5, 0.5)]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        north, south = min(y for _x, y in points), max(y for _x, y in points)
        scale = min(
            (WIDE - 2 * EDGE) / max(east - west, LEAST),
            (TALLEST - 2 * EDGE) / max(south - north, LEAST),
        )
        height = max(LOWEST, (south - north) * scale + 2 * EDGE)
        middle_x, middle_y = (west + east) / 2, (north + south) / 2
        return cls(middle_x - WIDE / 2 / scale, middle_y - height / 2 / scale, scale, height)

    def at(self, place: Place) -> Place:
        """Give where a place is drawn."""
        x, y = _mercator(place)
        return round((x - self.west) * self.scale, 1), round((y - self.north) * self.scale, 1)

    def tiles(self, url: str) -> list[Tile]:
        """Give the tiles that cover the drawing."""
        wide, tall = self.width / self.scale, self.height / self.scale
        zoom = max(0, min(DEEPEST, int(math.log2(ACROSS / wide))))
        number = 2**zoom
        size = self.scale / number
        columns = range(int(self.west * number), int((self.west + wide) * number) + 1)
        rows = range(int(self.north * number), int((self.north + tall) * number) + 1)
        return [
            Tile(
                round((column / number - self.west) * self.scale, 1),
                round((row / number - self.north) * self.scale, 1),
                round(size, 1),
                url.format(z=zoom, x=column, y=row),
            )
            for column in columns
            for row in rows
        ]
