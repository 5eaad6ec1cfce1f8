"""The tables of guidance: questions without an answer, names added, versions, publications."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from storage.tables import Id, Moment, metadata

questions = Table(
    "questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("words", LargeBinary, nullable=False),
    Column("nearest", String(64), nullable=False, server_default=""),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0", index=True),
    Column("settled_by", Id, ForeignKey("people.id")),
    Column("settled_at", Moment),
    comment="Questions that no guide answered, sealed, without whose they are; the same one asked "
    "again is counted. States: 0 open, 1 leads to a procedure now, 2 let go.",
)

aliases = Table(
    "aliases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("question_id", Id, ForeignKey("questions.id")),
    Column("added_by", Id, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("dropped_at", Moment),
    sqlite_autoincrement=True,  # the highest number tells whether one came
    comment="Everyday names of procedures that officers added, beside those of the catalogue file.",
)

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    comment="Each catalogue file from the moment on at which it was in use, packed by zlib and "
    "append-only, so that what was shown on a day can be proven.",
)

publications = Table(
    "publications",
    metadata,
    Column("subject", String(32), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("changed_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    comment="What the commune publishes: since when, when it last changed, and the last day on "
    "which the pages showed it. Days are Asia/Ho_Chi_Minh.",
)
