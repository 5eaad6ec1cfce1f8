"""What comes with a ticket beside words: photos and documents, to be fetched."""

from collections.abc import Sequence

from sqlalchemy import insert

from messages.envelope import Attachment
from storage import tables
from storage.connection import INSERTS
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
