"""The records of `commune.toml` about dossiers: how an export is read, and what follows from it."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from handlers.toml_records import Filled, Id, Record, Sourced, Stretch

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
    """

    columns: dict[DossierColumn, tuple[Filled, ...]] = Field(default_factory=dict)
    statuses: dict[DossierStage, tuple[Filled, ...]] = Field(default_factory=dict)
    online: tuple[Filled, ...] = ()
    paper: tuple[Filled, ...] = ()
    units: tuple[DossierUnit, ...] = ()
    quiet: tuple[Stretch, ...] = ()
    morning: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:30"
    reasons: tuple[Filled, ...] = ()
