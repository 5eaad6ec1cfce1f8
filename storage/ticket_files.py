"""What comes with a ticket beside words: photos and documents, to be fetched."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, insert, select

from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.connection import INSERTS, Reading
from storage.work import Work

OURS = "media:"
"""How the reference of a file in our own store begins; every channel can send it."""

KEPT = 1
"""The state of a file that is here."""


def add_files(
    work: Work, code: str, attachments: Sequence[Attachment], *, proof: bool = False
) -> None:
    """Write down files that are to be fetched; those without a ref (locations) are left out."""
    for attachment in attachments:
        if not attachment.ref:
            continue
        work.add(
            tables.ticket_files,
            code=code,
            filed=None,
            channel=work.channel,
            kind=attachment.kind,
            ref=work.box.seal("ticket_files.ref", attachment.ref),
            name=work.box.seal("ticket_files.name", attachment.name) if attachment.name else None,
            at=work.now,
            due_at=work.now,
            proof=proof,
        )


async def add_kept(
    work: Work,
    attachments: Sequence[Attachment],
    *,
    proof_of: str | None = None,
    filed: str | None = None,
) -> None:
    """Write down files of our own store; they have been written and need no fetching.

    Args:
        work: in which the ticket or the item stands already.
        attachments: the files.
        proof_of: the code of a ticket, of which they prove what was done.
        filed: the code of an item of evidence.
    """
    media, files = tables.media, tables.ticket_files
    for attachment in attachments:
        digest = attachment.ref.removeprefix(OURS)
        kept = {"hash": digest, "mime": attachment.mime, "size": attachment.size}
        await work.connection.execute(
            INSERTS[work.connection.dialect.name](media)
            .values(**kept, kept_at=work.now)
            .on_conflict_do_nothing()
        )
        await work.connection.execute(
            insert(files).values(
                code=proof_of,
                filed=filed,
                channel=work.channel,
                kind=attachment.kind,
                ref=work.box.seal("ticket_files.ref", attachment.ref),
                name=work.box.seal("ticket_files.name", attachment.name)
                if attachment.name
                else None,
                at=work.now,
                due_at=work.now,
                state=KEPT,
                hash=digest,
                proof=proof_of is not None,
            )
        )


async def first_photos(connection: Reading, codes: Sequence[str]) -> Mapping[str, str]:
    """Give code → hash of the first photo that a citizen sent of several tickets."""
    table = tables.ticket_files
    first = (
        select(func.min(table.c.id))
        .where(
            table.c.code.in_(codes),
            table.c.kind == AttachmentKind.IMAGE,
            table.c.hash.is_not(None),
            table.c.proof.is_(False),
        )
        .group_by(table.c.code)
    )
    rows = await connection.execute(select(table.c.code, table.c.hash).where(table.c.id.in_(first)))
    return {row.code: row.hash for row in rows}
