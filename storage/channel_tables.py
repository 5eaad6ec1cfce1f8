"""The tables of the channels: platforms' tokens and what they told, codes that join them."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from storage.tables import Id, Moment, metadata

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

carry_codes = Table(
    "carry_codes",
    metadata,
    Column("address", String(128), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False, index=True),
    comment="The code by which another browser takes a conversation of the web chat up, one at a "
    "time; only a keyed hash of it is kept. It goes with its use.",
)

join_codes = Table(
    "join_codes",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False),
    comment="The code by which a person may join another channel of theirs to this one, one at a "
    "time; only a keyed hash of it is kept. It goes with its use.",
)
