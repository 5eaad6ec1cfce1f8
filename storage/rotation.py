"""A new secret key: everything sealed is opened with the old one and sealed with the new one.

No service may run meanwhile: it would seal with the old key what has been done already. Begun again
after a kill it goes on, since a value that the new key opens is left as it is.

Keyed hashes keep their key, which is itself sealed with the new secret from the first change on:
pseudonyms of evidence stand in sealed days and cannot change, and what they were made of is not
kept. The old secret then opens nothing; whoever has it and a copy of the database can still
recognise a value they already know.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, Table, and_, or_, select, tuple_, update

from storage import tables
from storage.channel_tables import credentials
from storage.connection import INSERTS, Connection
from storage.database import Store
from storage.sealing import Box, CannotUnseal

HASH_KEY = "hash-key"
"""The credential that is the key of keyed hashes, where it comes of an earlier secret."""

KEY_CHECK = "key-check"
"""The credential that tells at each start whether the key is the right one."""

BATCH = 200

UNDER_OTHER_KEYS = {
    ("inbox", "body"),
    ("inbox", "body_key"),
    ("catalogue_versions", "content"),
}
"""Bytes that no secret seals: bodies, whose key goes with them, and files of the commune."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a change of the key came to.

    Attributes:
        sealed: values sealed with the new key in this run.
        unreadable: values that neither key opens, left as they are.
    """

    sealed: int
    unreadable: int


def sealed_columns(table: Table) -> list[Column[Any]]:
    """Name the columns of a table that are sealed under the secret."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and (table.name, column.name) not in UNDER_OTHER_KEYS
    ]


async def rotate(
    store: Store, old: Box, new: Box, between: Box, told: Callable[[str, int], None]
) -> Rotated:
    """Seal everything anew; may be begun again with the same keys until it returns.

    Args:
        store: the database.
        old: of the secret that is given up.
        new: of the secret that takes its place; takes over the key of keyed hashes.
        between: opens nothing else; with it the check is sealed meanwhile, so that no service
            starts with either key.
        told: hears after each batch of which table how many values were sealed.

    Raises:
        CannotUnseal: neither key is the right one; nothing was changed.
    """
    await _begin(store, old, new, between)
    sealed = unreadable = 0
    for table in tables.metadata.sorted_tables:
        columns = sealed_columns(table)
        if columns:
            done, lost = await _table(store, table, columns, old=old, new=new, told=told)
            sealed, unreadable = sealed + done, unreadable + lost
    await store.write(lambda c: _write(c, KEY_CHECK, new.seal("credentials.refresh", KEY_CHECK)))
    await store.truncate_log()
    return Rotated(sealed, unreadable)


async def take_over_hash_key(store: Store, box: Box) -> None:
    """Use the kept key of keyed hashes, where an earlier secret gave it.

    Raises:
        CannotUnseal: it was sealed with another secret.
    """
    sealed = await _read(store, HASH_KEY)
    if sealed is not None:
        box.hash_key = bytes.fromhex(box.unseal("credentials.refresh", sealed))


async def _begin(store: Store, old: Box, new: Box, between: Box) -> None:
    """Shut the door and hand the key of keyed hashes on."""
    check = await _read(store, KEY_CHECK)
    if check is not None and _opened("credentials.refresh", check, old, between, new) is None:
        raise CannotUnseal(KEY_CHECK)
    kept = await _read(store, HASH_KEY)
    told = _opened("credentials.refresh", kept, old, new) if kept else old.hash_key.hex()
    if told is None:
        raise CannotUnseal(HASH_KEY)
    new.hash_key = bytes.fromhex(told)

    async def job(connection: Connection) -> None:
        await _write(connection, KEY_CHECK, between.seal("credentials.refresh", KEY_CHECK))
        await _write(connection, HASH_KEY, new.seal("credentials.refresh", new.hash_key.hex()))

    await store.write(job)


async def _read(store: Store, name: str) -> bytes | None:
    async with store.reading() as connection:
        found = await connection.execute(
            select(credentials.c.refresh).where(credentials.c.name == name)
        )
        return found.scalar()


async def _write(connection: Connection, name: str, sealed: bytes) -> None:
    insert = INSERTS[connection.dialect.name](credentials).values(name=name, refresh=sealed)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_={"refresh": sealed})
    )


def _opened(place: str, data: bytes, *boxes: Box) -> str | None:
    """Open a value with the first of these that can, None where none does."""
    for box in boxes:
        try:
            return box.unseal(place, data)
        except CannotUnseal:
            continue
    return None


async def _table(
    store: Store,
    table: Table,
    columns: Sequence[Column[Any]],
    *,
    old: Box,
    new: Box,
    told: Callable[[str, int], None],
) -> tuple[int, int]:
    """Go over a table in the order of its key; give how many were sealed and how many are lost."""
    key = list(table.primary_key.columns)
    filled = or_(*(column.is_not(None) for column in columns))
    query = select(*key, *columns).where(filled).order_by(*key).limit(BATCH)
    after: tuple[Any, ...] | None = None
    done = lost = 0
    while True:
        async with store.reading() as connection:
            page = query if after is None else query.where(tuple_(*key) > tuple_(*after))
            rows = (await connection.execute(page)).all()
        if not rows:
            return done, lost
        after = tuple(rows[-1][: len(key)])
        changes = []
        for row in rows:
            if table is credentials and row.name == KEY_CHECK:
                continue
            values, broken = _anew(table, columns, row, old, new)
            lost += broken
            if values:
                changes.append((row, values))
        if changes:
            await store.write(lambda c, changes=changes: _update(c, table, key, changes))  # type: ignore[misc] # bound at once
            count = sum(len(values) for _row, values in changes)
            done += count
            told(table.name, count)


def _anew(
    table: Table, columns: Sequence[Column[Any]], row: Row[Any], old: Box, new: Box
) -> tuple[dict[str, bytes], int]:
    """Seal a row's values with the new key; give those that change, and how many do not open."""
    values, broken = {}, 0
    for column in columns:
        data, place = getattr(row, column.name), f"{table.name}.{column.name}"
        if data is None or _opened(place, data, new) is not None:
            continue
        text = _opened(place, data, old)
        if text is None:
            broken += 1
        else:
            values[column.name] = new.seal(place, text)
    return values, broken


async def _update(
    connection: Connection,
    table: Table,
    key: Sequence[Column[Any]],
    changes: Sequence[tuple[Row[Any], dict[str, bytes]]],
) -> None:
    for row, values in changes:
        which = and_(*(column == getattr(row, column.name) for column in key))
        await connection.execute(update(table).where(which).values(values))
