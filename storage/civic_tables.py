"""The tables of serving people unasked: initiatives, letters, surveys, households, notices.

They stand beside `storage.tables` and in the same metadata; whoever needs all tables imports both.
"""

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

from storage.tables import Id, Moment, metadata, outbox

initiatives = Table(
    "initiatives",
    metadata,
    Column("code", String(16), ForeignKey("tickets.code"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("decision", LargeBinary),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", Id, ForeignKey("people.id"), nullable=False),
    comment="How far the assessment of a citizen's initiative is; the ticket has its words.",
)

official_letters = Table(
    "official_letters",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("occasion", String(64), unique=True),
    Column("fields", LargeBinary, nullable=False),
    Column("ticket", String(16), nullable=False, server_default=""),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("state", String(16), nullable=False, index=True),
    Column("drafted_by", Id, ForeignKey("people.id"), nullable=False),
    Column("drafted_at", Moment, nullable=False),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("year", Integer),
    Column("number", Integer),
    Column("pdf", String(64)),
    Column("picture", String(64)),
    Column("word", String(64)),
    UniqueConstraint("year", "number"),
    comment="The register of letters: drafts, and what a leader approved, with number and files. "
    "The occasion is a keyed hash; it is empty only where a draft was turned down.",
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("since", Moment, nullable=False),
    comment="What a person said yes to being sent; what is not here was never agreed to.",
)
Index("ix_subscriptions_topic", subscriptions.c.topic, subscriptions.c.person_id)

notices = Table(
    "notices",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("audience", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("text", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("people", Integer, nullable=False),
    Column("drafted_by", Id, ForeignKey("people.id"), nullable=False),
    Column("drafted_at", Moment, nullable=False),
    Column("approved_by", Id, ForeignKey("people.id")),
    Column("starts_at", Moment),
    Column("reached", Id, nullable=False),
    Column("written", BigInteger, nullable=False),
    Column("ended_at", Moment),
    comment="What is sent to many: text, to whom, and up to which person its letters are written.",
)
Index(
    "ix_outbox_bulk",
    outbox.c.ticket,
    outbox.c.state,
    sqlite_where=text("priority = 1"),
    postgresql_where=text("priority = 1"),
)

weeks = Table(
    "weeks",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("week", String(10), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", Id, ForeignKey("people.id"), nullable=False),
    comment="The weekly calendar and the reception schedule, the newest text of each week; the "
    "week is named by its Monday.",
)

household_answers = Table(
    "household_answers",
    metadata,
    Column("question", String(32), primary_key=True),
    Column("village", String(64), primary_key=True),
    Column("household", String(64), primary_key=True),
    Column("answer", Boolean, nullable=False),
    Column("source", String(16), nullable=False),
    Column("answered_at", Moment, nullable=False),
    comment="One answer of each household to one question; the household is a keyed hash.",
)

survey_takers = Table(
    "survey_takers",
    metadata,
    Column("survey", String(32), primary_key=True),
    Column("round", String(32), primary_key=True),
    Column("taker", String(64), primary_key=True),
    comment="Who has answered a survey in a round, as a keyed hash; nothing leads from here to the "
    "answers.",
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("survey", String(32), nullable=False),
    Column("round", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("question", String(32), nullable=False),
    Column("choice", String(32), nullable=False),
    Column("value", Integer),
    Column("words", LargeBinary),
    Index("ix_survey_answers_survey", "survey", "round"),
    comment="Answers to surveys, a row for each choice, without a person or a time.",
)
