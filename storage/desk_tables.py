"""The desk's own tables: who sits there, who is on duty when, what belongs to few tickets only."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from storage.tables import Id, Moment, metadata

ticket_named = Table(
    "ticket_named",
    metadata,
    Column("code", String(16), ForeignKey("tickets.code"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, index=True),
    comment="The officials whom a ticket about conduct names: they neither see nor handle it.",
)

ticket_register = Table(
    "ticket_register",
    metadata,
    Column("code", String(16), ForeignKey("tickets.code"), primary_key=True),
    Column("name", LargeBinary),
    Column("address", LargeBinary),
    Column("phone", LargeBinary),
    Column("at", Moment, nullable=False),
    comment="Who brought feedback on an administrative rule, as the register by law asks.",
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("link_hash", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("link_until", Moment, nullable=False),
    Column("session_hash", String(64), unique=True),
    Column("until", Moment),
    comment="Links that open the desk in a browser, once each, and the sessions they opened; only "
    "keyed hashes are kept.",
)

shifts = Table(
    "shifts",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("unit", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("weekday", Integer),
    Column("day", String(10), nullable=False, server_default=""),
    Column("begins", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("name", String(128), nullable=False),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("volunteer", Boolean, nullable=False),
    Column("replaces", String(8)),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    comment="The roster: a shift of every week, or of one date, which may replace a weekly one; an "
    "empty name is nobody. Minutes from midnight, Asia/Ho_Chi_Minh. Names on duty are public.",
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit", String(32), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", LargeBinary, nullable=False),
    comment="What an officer tells whoever is on duty next in the unit.",
)
