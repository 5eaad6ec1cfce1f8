"""The tables of the report: evidence filed by hand, decisions, documents that were asked for."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from storage.tables import Id, Moment, metadata

filed_evidence = Table(
    "filed_evidence",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("component", String(32), nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("unit", String(32), nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("reason", LargeBinary),
    comment="Evidence that people file by hand for a component; the day is the one it counts for. "
    "States: 0 waits for confirmation, 1 confirmed, 2 sent back.",
)
Index(
    "ix_filed_evidence_waiting",
    filed_evidence.c.filed_at,
    sqlite_where=filed_evidence.c.state == text("0"),
    postgresql_where=filed_evidence.c.state == text("0"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("component", String(32), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("points", Integer),
    Column("words", LargeBinary, nullable=False),
    Column("unit", String(32), nullable=False),
    Column("due", String(10), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    comment="What a person decided about a period, append-only, of which the newest counts: the "
    "score of a component in hundredths with the reason, or a task of the next period.",
)
Index("ix_judgements_period", judgements.c.first_day, judgements.c.last_day)

report_orders = Table(
    "report_orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("period", String(32), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    Column("png", String(64), ForeignKey("media.hash")),
    Column("docx", String(64), ForeignKey("media.hash")),
    Column("xlsx", String(64), ForeignKey("media.hash")),
    Column("reason", LargeBinary),
    sqlite_autoincrement=True,  # its number names messages, which outlive it
    comment="Documents of a report that somebody asked for in the chat. States: 0 to be made, "
    "1 made, 2 cannot be made.",
)
Index(
    "ix_report_orders_waiting",
    report_orders.c.due_at,
    sqlite_where=report_orders.c.state == text("0"),
    postgresql_where=report_orders.c.state == text("0"),
)
