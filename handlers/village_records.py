"""The records of `commune.toml` about villages and other parts of the commune."""

from typing import Annotated

from pydantic import Field

from handlers.toml_records import Count, Filled, Sourced


class Area(Sourced):
    """A part of the commune that people know by a name, such as a former commune."""

    name: Filled


class Households(Sourced):
    """How many households a village has."""

    village: Filled
    count: Count


class Centre(Sourced):
    """Where the middle of a village is, in degrees; the desk's map is drawn with it."""

    village: Filled
    latitude: Annotated[float, Field(ge=8, le=24)]
    longitude: Annotated[float, Field(ge=102, le=118)]
