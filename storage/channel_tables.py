"""The tables of the platforms: their tokens, and what they told of themselves."""

from sqlalchemy import Column, LargeBinary, String, Table

from storage.tables import Moment, metadata

credentials = Table(
    "credentials",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("access", LargeBinary),
    Column("refresh", LargeBinary),
    Column("expires_at", Moment),
    Column("renewed_at", Moment),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    comment="Rotating tokens of platforms, sealed, and the lease of the process that renews them.",
)

channel_facts = Table(
    "channel_facts",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", String(512), nullable=False),
    Column("at", Moment, nullable=False),
    comment="What a platform told of itself, for other processes to read: when it was last heard, "
    "what is left of a package, what keeps it from working. Never a secret, never a person's.",
)
