"""The tables of dossiers: what was imported, who follows it, which apologies it led to."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.tables import Id, Moment, metadata

STILL = 2**53
"""The import until which a version holds that no import has ended."""

dossier_imports = Table(
    "dossier_imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("after_id", BigInteger, nullable=False, server_default="0"),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("new", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("gone", Integer, nullable=False, server_default="0"),
    Column("covers_from", Moment),
    Column("covers_to", Moment),
    Column("told_at", Moment),
    sqlite_autoincrement=True,  # versions of dossiers name it, also when it was dropped
    comment="Every import of an export. States: 0 under way, 1 done: the last of these is what "
    "readers see; 2 dropped.",
)
Index("ix_dossier_imports_state", dossier_imports.c.state, dossier_imports.c.id)
Index(
    "ix_dossier_imports_under_way",
    dossier_imports.c.state,
    unique=True,  # one at a time, whichever process begins it
    sqlite_where=dossier_imports.c.state == text("0"),
    postgresql_where=dossier_imports.c.state == text("0"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(64), nullable=False, index=True),
    Column("from_import", BigInteger, nullable=False),
    Column("until_import", BigInteger, nullable=False, server_default=str(STILL)),
    Column("fingerprint", String(32), nullable=False),
    Column("factor", String(64), nullable=False, server_default=""),
    Column("stage", String(16), nullable=False),
    Column("field", String(128), nullable=False, server_default=""),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("received_at", Moment),
    Column("due_at", Moment, index=True),
    Column("finished_at", Moment, index=True),
    Column("online", Boolean),
    Column("gone", Boolean, nullable=False),
    Column("details", LargeBinary),
    comment="Dossiers of the one-stop system, a row for each version: it holds from one import "
    "until another, so that an import shows at once and whole. Names and procedure are sealed; of "
    "the telephone only a keyed hash of its last four digits is kept.",
)
Index(
    "ix_dossiers_ended",
    dossiers.c.until_import,
    sqlite_where=dossiers.c.until_import < text(str(STILL)),
    postgresql_where=dossiers.c.until_import < text(str(STILL)),
)

dossier_tries = Table(
    "dossier_tries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("nth", Integer, nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("failed", Boolean, nullable=False),
    UniqueConstraint("code_hash", "nth"),
    comment="Who gave the second factor for a code and whether it was right; two at once for one "
    "code cannot both be the nth, so that guesses are counted however many people share them.",
)

dossier_followers = Table(
    "dossier_followers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(64), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("proven_at", Moment, nullable=False),
    Column("following", Boolean, nullable=False),
    Column("told", String(64), nullable=False, server_default=""),
    UniqueConstraint("code", "person_id"),
    sqlite_autoincrement=True,  # its number names timers
    comment="Who has proven that a dossier is theirs, whether they follow it, and what they were "
    "told last.",
)

apologies = Table(
    "apologies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("state", Integer, nullable=False, server_default="0", index=True),
    Column("drafted_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("reason", LargeBinary),
    Column("new_due_at", Moment),
    Column("officer_id", Id, ForeignKey("people.id")),
    Column("leader_id", Id, ForeignKey("people.id")),
    Column("approved_at", Moment),
    Column("hash", String(64), ForeignKey("media.hash")),
    comment="The one apology of a late dossier. States: 0 draft, 1 laid before the leader, "
    "2 approved, 3 sent.",
)

sent_files = Table(
    "sent_files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("ref", LargeBinary),
    Column("name", LargeBinary),
    Column("at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    sqlite_autoincrement=True,  # its number names messages and a file
    comment="Files that a person sent to be read and not kept: exports, photographed receipts. "
    "States: 0 to be fetched, 1 looked at, 2 to be imported, 3 done with.",
)
Index(
    "ix_sent_files_waiting",
    sent_files.c.due_at,
    sqlite_where=sent_files.c.state != text("3"),
    postgresql_where=sent_files.c.state != text("3"),
)
