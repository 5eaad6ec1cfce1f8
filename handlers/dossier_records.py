"""The records of `commune.toml` about dossiers: how an export is read, and what follows from it."""

import ipaddress
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from handlers.toml_records import Count, Filled, Id, Record, Sourced, Stretch

DossierColumn: TypeAlias = Literal[
    "code",
    "status",
    "due",
    "received",
    "finished",
    "applicant",
    "phone",
    "procedure",
    "field",
    "unit",
    "holder",
    "channel",
    "note",
]
"""What a column of an export may hold."""

DossierStage: TypeAlias = Literal[
    "registered",
    "received",
    "processing",
    "supplement",
    "payment",
    "ready",
    "returned",
    "refused",
    "withdrawn",
    "stopped",
]


class DossierUnit(Record):
    """How exports name a unit that handles dossiers."""

    id: Id
    names: tuple[Filled, ...]


class DossierSource(Record):
    """Where the one-stop system gives its table over HTTP, for the day it does.

    Attributes:
        url: where it is fetched from; it answers with JSON, CSV or a workbook.
        every: minutes between two fetches.
        private: whether it lies in the authorities' own network: only then an address that is not
            open to everybody, or one without https, is taken.
    """

    url: Annotated[str, Field(pattern=r"^https?://[^\s#]+$", max_length=500)]
    every: Count = 60
    private: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        try:
            parts = urlsplit(self.url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise PydanticCustomError("source", "not an address") from None
        if not host or parts.username is not None:
            raise PydanticCustomError("source", "not an address without user and password")
        if not self.private and (parts.scheme != "https" or _is_number(host)):
            raise PydanticCustomError(
                "source", "without https and a name it needs private = true beside it"
            )
        return self


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Dossiers(Sourced):
    """How an export of the one-stop system is read, and what is done with what it tells.

    Attributes:
        columns: what a column holds → its titles in exports, the likeliest first.
        statuses: where a dossier is → how exports say it.
        online, paper: how exports say by which way a dossier came.
        units: how exports name our units; a unit's own name counts too.
        quiet: hours in which nobody is written to who did not ask.
        morning: from when on units are told what falls due.
        reasons: why dossiers are late, as officers choose it for an apology.
        pulled: where the table is fetched from by itself, None where staff export it.
    """

    columns: dict[DossierColumn, tuple[Filled, ...]] = Field(default_factory=dict)
    statuses: dict[DossierStage, tuple[Filled, ...]] = Field(default_factory=dict)
    online: tuple[Filled, ...] = ()
    paper: tuple[Filled, ...] = ()
    units: tuple[DossierUnit, ...] = ()
    quiet: tuple[Stretch, ...] = ()
    morning: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:30"
    reasons: tuple[Filled, ...] = ()
    pulled: DossierSource | None = None
