"""Every table, with a sentence each. Moments are milliseconds UTC; sealed columns are bytes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970 UTC: one form on each database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a moment into milliseconds."""
        del dialect
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn milliseconds into a moment."""
        del dialect
        return None if value is None else moment(value)


_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(value: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return (value - EPOCH) // _MILLISECOND


def moment(value: int) -> datetime:
    """The UTC moment of so many milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=value)


# SQLite gives out row numbers only to a column declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address", String(128), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("language", String(8), nullable=False, server_default=""),
    Column("name", LargeBinary),
    Column("called", LargeBinary),
    Column("step", String(64), nullable=False, server_default=""),
    Column("data", LargeBinary),
    Column("offered", LargeBinary),
    Column("last_message_at", Moment),
    Column("gone_at", Moment),
    Column("phone", LargeBinary),
    Column("human_until", Moment),
    Column("blocked_until", Moment),
    Column("minute_began", Moment),
    Column("minute_messages", Integer, nullable=False, server_default="0"),
    Column("waiting_since", Moment),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("joined_to", Id),
    UniqueConstraint("channel", "address"),
    comment="Everybody who ever wrote, one row for each address: what the platform calls them, and "
    "what they asked to be called, where they are in a conversation, what was last offered to "
    "them, the number they left, until when an official talks to them by hand or nothing is taken "
    "of them, how many messages came in their last minute, and the lease under which the oldest is "
    "handled. Rows with the same joined_to, the number of one of them, are one human being.",
)
Index(
    "ix_people_waiting",
    people.c.waiting_since,
    people.c.id,
    sqlite_where=people.c.waiting_since.is_not(None),
    postgresql_where=people.c.waiting_since.is_not(None),
)
Index(
    "ix_people_joined",
    people.c.joined_to,
    sqlite_where=people.c.joined_to.is_not(None),
    postgresql_where=people.c.joined_to.is_not(None),
)

roles = Table(
    "roles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("name", String(128), nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("on_duty_since", Moment),
    comment="Who may do what: officer, staff, leader, admin; several add up; the official name by "
    "which a colleague is told who has a ticket.",
)

invites = Table(
    "invites",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("name", String(128), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", Id, ForeignKey("people.id")),
    comment="Single-use invitations to a role; only a keyed hash of the code is kept.",
)

invite_tries = Table(
    "invite_tries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    comment="Wrong codes that a person tried, of invitations and of joining, to stop guessing.",
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("key", String(160), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("body", LargeBinary),
    Column("body_key", LargeBinary),
    Column("handled_at", Moment),
    Column("error", String(256)),
    UniqueConstraint("channel", "key"),
    comment="Every message received, sealed under a key of its own that goes with the body when it "
    "was handled. States: 0 waiting, 1 handled, 2 set aside.",
)
Index(
    "ix_inbox_waiting",
    inbox.c.person_id,
    inbox.c.id,
    sqlite_where=inbox.c.state == text("0"),
    postgresql_where=inbox.c.state == text("0"),
)
Index(
    "ix_inbox_set_aside",
    inbox.c.id,
    sqlite_where=inbox.c.state == text("2"),
    postgresql_where=inbox.c.state == text("2"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address", String(128), nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("body", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("reason", String(256)),
    Column("sent_at", Moment),
    Column("delivered_at", Moment),
    Column("seen_at", Moment),
    Column("ticket", String(16)),
    Column("purpose", String(24), nullable=False, server_default=""),
    Column("report_to", Id, ForeignKey("people.id")),
    sqlite_autoincrement=True,  # its number names messages, which outlive it
    comment="Every letter to be sent and what became of it. States: 0 waiting, 1 sent, 2 failed, "
    "3 held until the person writes, 4 unknown; priority 0 is conversation, 1 is bulk.",
)
Index(
    "ix_outbox_waiting",
    outbox.c.channel,
    outbox.c.address,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=outbox.c.state == text("0"),
    postgresql_where=outbox.c.state == text("0"),
)
Index(
    "ix_outbox_held",
    outbox.c.channel,
    outbox.c.address,
    sqlite_where=outbox.c.state == text("3"),
    postgresql_where=outbox.c.state == text("3"),
)
Index(
    "ix_outbox_ticket",
    outbox.c.ticket,
    sqlite_where=outbox.c.ticket.is_not(None),
    postgresql_where=outbox.c.ticket.is_not(None),
)
Index("ix_outbox_lane", outbox.c.channel, outbox.c.address, outbox.c.id)

outbox_parts = Table(
    "outbox_parts",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("address", String(128), primary_key=True),
    Column("external_id", String(128), primary_key=True),
    Column("letter_id", Id, ForeignKey("outbox.id"), nullable=False, index=True),
    comment="The platform's id of each part of a sent letter, so that an answer to it, its receipt "
    "and its echo are known.",
)

tickets = Table(
    "tickets",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("category", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("source", String(16), nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("place", LargeBinary),
    Column("village", String(64), nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("received_at", Moment, nullable=False, index=True),
    Column("due_at", Moment, nullable=False),
    Column("answered_at", Moment, index=True),
    Column("closed_at", Moment),
    Column("assignee_id", Id, ForeignKey("people.id")),
    Column("rating", Integer),
    Column("urgency", String(16), nullable=False, server_default="normal"),
    Column("respond_by", Moment),
    Column("responded_at", Moment),
    Column("forward_by", Moment),
    Column("waiting_since", Moment),
    Column("due_before", Moment),
    Column("waited", Integer, nullable=False, server_default="0"),
    Column("duplicate_of", String(16)),
    comment="A matter that a person brought and the commune answers; its words and history follow. "
    "While the citizen is waited for, due_at is the latest deadline that the wait may lead to and "
    "due_before the one it began with; waited is the working minutes of earlier waits.",
)
IS_OPEN = text("state IN ('new', 'assigned', 'in_progress', 'need_info')")
"""That the commune still owes an answer, in the words of the indexes: SQLite takes no others."""
IS_FREE = text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL")
"""That nobody has it either."""
Index(
    "ix_tickets_open",
    tickets.c.due_at,
    tickets.c.received_at,
    tickets.c.code,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "ix_tickets_open_of_unit",
    tickets.c.unit,
    tickets.c.due_at,
    tickets.c.received_at,
    tickets.c.code,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "ix_tickets_held",
    tickets.c.assignee_id,
    tickets.c.due_at,
    tickets.c.received_at,
    tickets.c.code,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "ix_tickets_free",
    tickets.c.due_at,
    tickets.c.received_at,
    tickets.c.code,
    sqlite_where=IS_FREE,
    postgresql_where=IS_FREE,
)
Index(
    "ix_tickets_free_of_unit",
    tickets.c.unit,
    tickets.c.due_at,
    tickets.c.received_at,
    tickets.c.code,
    sqlite_where=IS_FREE,
    postgresql_where=IS_FREE,
)
Index(
    "ix_tickets_duplicates",
    tickets.c.duplicate_of,
    sqlite_where=tickets.c.duplicate_of.is_not(None),
    postgresql_where=tickets.c.duplicate_of.is_not(None),
)
Index("ix_tickets_desk", tickets.c.unit, tickets.c.state, tickets.c.due_at)

ticket_words = Table(
    "ticket_words",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("message_id", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("words", LargeBinary),
    UniqueConstraint("code", "message_id", "version"),
    comment="What the person wrote about a ticket, message by message, each edit a new version.",
)
Index("ix_ticket_words_message_id", ticket_words.c.message_id)

ticket_files = Table(
    "ticket_files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), ForeignKey("tickets.code"), index=True),
    Column("filed", String(16), ForeignKey("filed_evidence.code"), index=True),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("ref", LargeBinary, nullable=False),
    Column("name", LargeBinary),
    Column("at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    Column("hash", String(64), ForeignKey("media.hash"), index=True),
    Column("reason", String(256)),
    Column("proof", Boolean, nullable=False, server_default=text("false")),
    comment="Photos and documents of a ticket or of an item of evidence, one of the two. States: "
    "0 to be fetched, 1 kept, 2 not to be had.",
)
Index(
    "ix_ticket_files_waiting",
    ticket_files.c.due_at,
    sqlite_where=ticket_files.c.state == text("0"),
    postgresql_where=ticket_files.c.state == text("0"),
)

media = Table(
    "media",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("mime", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kept_at", Moment, nullable=False),
    comment="Files that are kept, under VAR_DIR/media by the hash of their content.",
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("event", String(24), nullable=False),
    Column("actor_id", Id, ForeignKey("people.id")),
    Column("state", String(16), nullable=False),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("on_time", Boolean),
    Column("note", LargeBinary),
    comment="The history of a ticket: a row for every change, with the state it led to.",
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("day", String(10), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("person", String(32), nullable=False, server_default=""),
    Column("about", String(64), nullable=False, server_default=""),
    Column("unit", String(32), nullable=False, server_default=""),
    Column("place", String(32), nullable=False, server_default=""),
    Column("value", Integer),
    comment="What happened, append-only: never words, names or telephone numbers; the person is a "
    "keyed pseudonym. The day is Asia/Ho_Chi_Minh.",
)

evidence_counts = Table(
    "evidence_counts",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    comment="The daily counts of evidence, kept in the same transaction; total adds up the values.",
)

evidence_seals = Table(
    "evidence_seals",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("rows", BigInteger, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("sealed_at", Moment, nullable=False),
    comment="A hash over each past day's evidence and the seal of the day before.",
)

timers = Table(
    "timers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
    UniqueConstraint("name", "subject"),
    sqlite_autoincrement=True,  # its number names messages, which outlive it
    comment="What falls due later; when it does it becomes an inbox message of its person.",
)
