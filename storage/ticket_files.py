"""What comes with a ticket beside words: photos and documents, to be fetched."""

from collections.abc import Sequence

from messages.envelope import Attachment
from storage import tables
from storage.work import Work


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
