"""The tables of personal data: who asked to be erased, who looked at what."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, text

from storage import tables
from storage.tables import Id, Moment, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("code", String(16), nullable=False, server_default=""),
    Column("asked_at", Moment, nullable=False),
    Column("done_at", Moment),
    comment="Who asked that their data be erased, a row for each address, with the ticket of the "
    "request; done_at is when nothing of them was left.",
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("act", String(64), nullable=False),
    Column("about", String(64), nullable=False, server_default=""),
    Column("channel", String(16), nullable=False, server_default=""),
    comment="Every act of an official and every look of theirs at personal data, append-only: by "
    "which handler, page or command, about which code; never words. No person: the command line, "
    "or a file opened by its link.",
)
Index("ix_audit_about", audit.c.about, audit.c.at)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("purpose", String(64), nullable=False),
    Column("version", String(16), nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    comment="What a person agreed to and when, by the version of the text that they were shown, "
    "and when they took it back.",
)

access_links = Table(
    "access_links",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("until", Moment, nullable=False),
    comment="The link by which a person reads what is held about them, one at a time; only a keyed "
    "hash of it is kept.",
)

breaches = Table(
    "breaches",
    metadata,
    Column("code", String(16), ForeignKey("tickets.code"), primary_key=True),
    Column("found_at", Moment, nullable=False),
    Column("touches", LargeBinary),
    Column("measures", LargeBinary),
    Column("told", LargeBinary),
    Column("told_at", Moment),
    comment="The log of incidents with personal data, a row for each ticket of that kind: when it "
    "was found, whom it touches, what was done, what the authority was told and when. What "
    "happened stands in the ticket's words.",
)

# What is kept no longer is looked for at each start and every six hours, among all messages and
# letters of years. The index of messages leaves out what waits: a message is accepted as fast as
# without it, and a question for the oldest that waits cannot be answered from its wrong end.
Index(
    "ix_inbox_over",
    tables.inbox.c.accepted_at,
    sqlite_where=tables.inbox.c.state != text("0"),
    postgresql_where=tables.inbox.c.state != text("0"),
)
Index(
    "ix_outbox_worded",
    tables.outbox.c.created_at,
    sqlite_where=tables.outbox.c.body.is_not(None),
    postgresql_where=tables.outbox.c.body.is_not(None),
)
