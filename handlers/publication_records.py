"""The records of `publications.toml`."""

from typing import Annotated

from pydantic import Field

from handlers.toml_records import Bilingual, Blank, Filled, Record, Sourced, WebAddress


class Publication(Sourced):
    """Something that the commune makes public in its own words.

    Attributes:
        id: its name in commands and, behind "publication.", in evidence.
        text: what is published; `url` is where all of it stands.
        names: how people call it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
    title: Bilingual
    text: Blank = ""
    url: WebAddress = ""
    names: tuple[Filled, ...] = ()


class Publications(Record):
    """What `publications.toml` says."""

    publications: tuple[Publication, ...] = ()
