"""What an import of an export comes to, in lines for whoever started it."""

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.dossier_columns import Table
from handlers.dossier_records import DossierColumn
from handlers.dossier_rows import Rows, in_order
from messages.text import Text, _, ngettext
from storage.dossiers_import import Difference

LISTED = 20
"""Wrong cells that are told one by one."""

UNKNOWN_LISTED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import changed, or would change.

    Attributes:
        table: where the dossiers stand in the file.
        rows: what was odd about them.
        difference: what is new, changed and gone.
        too_many_gone: whether that must be agreed to before it is done.
        done: whether readers see it now.
    """

    table: Table
    rows: Rows
    difference: Difference
    too_many_gone: bool = False
    done: bool = False

    @property
    def refused(self) -> bool:
        """Whether nothing of the file can be taken."""
        return bool(self.rows.wrong_count) or not self.difference.rows


def told(outcome: Outcome, listed: int = LISTED) -> Iterator[Text]:
    """Tell an outcome line by line."""
    rows, difference = outcome.rows, outcome.difference
    if outcome.table.name:
        yield _("Sheet: {name}", name=outcome.table.name)
    columns = ", ".join(
        f"{outcome.table.letter(column)} = {title}" for column, title in _placed(outcome.table)
    )
    yield _("Columns: {columns}", columns=columns)
    yield ngettext("{n} dossier read", "{n} dossiers read", difference.rows)
    yield _(
        "New: {new}; changed: {changed}; gone: {gone}",
        new=difference.new,
        changed=difference.changed,
        gone=difference.gone,
    )
    for kind, title in (("new", NEW), ("changed", CHANGED), ("gone", GONE)):
        if codes := difference.examples.get(kind):
            more = "…" if getattr(difference, kind) > len(codes) else ""
            yield Text(title.msgid, (("codes", ", ".join(codes) + more),))
    yield _("Online: {online}; on paper: {paper}", online=rows.online, paper=rows.paper)
    yield from _remarks(outcome)
    yield from wrong(rows, listed)


NEW, CHANGED, GONE = _("New, for example: {codes}"), _("Changed: {codes}"), _("Gone: {codes}")


def _placed(table: Table) -> list[tuple[DossierColumn, str]]:
    places = sorted(table.columns, key=lambda column: table.columns[column])
    return [(column, table.titles[column]) for column in places]


def _remarks(outcome: Outcome) -> Iterator[Text]:
    rows, difference = outcome.rows, outcome.difference
    if rows.same:
        yield ngettext(
            "{n} row stands in the file twice and was read once.",
            "{n} rows stand in the file twice and were read once.",
            rows.same,
        )
    if rows.without_phone:
        yield ngettext(
            "{n} dossier has no telephone number: nobody can ask about it in the chat.",
            "{n} dossiers have no telephone number: nobody can ask about them in the chat.",
            rows.without_phone,
        )
    if rows.unfinished_dates:
        yield ngettext(
            "{n} dossier is finished without a date: it is counted neither on time nor late.",
            "{n} dossiers are finished without a date: they are counted neither on time nor late.",
            rows.unfinished_dates,
        )
    if rows.unknown:
        words = "; ".join(sorted(rows.unknown)[:UNKNOWN_LISTED])
        yield _(
            "Statuses that commune.toml does not know, shown to citizens as they are: {words}",
            words=words,
        )
    if outcome.too_many_gone:
        yield _(
            "{gone} of the {known} dossiers known for these days are not in this file. Is it only "
            "a part of the export?",
            gone=difference.gone,
            known=difference.known,
        )


def wrong(rows: Rows, listed: int = LISTED) -> Iterator[Text]:
    """Tell which cells cannot be read."""
    if not rows.wrong_count:
        return
    yield ngettext(
        "{n} cell cannot be read, so nothing was imported:",
        "{n} cells cannot be read, so nothing was imported:",
        rows.wrong_count,
    )
    for one in list(in_order(rows.wrong))[:listed]:
        yield _(
            "- row {row}, column {column}: “{value}”. {reason}",
            row=one.row,
            column=one.column,
            value=one.value,
            reason=one.reason,
        )
    if rows.wrong_count > listed:
        yield _("… and {n} more.", n=rows.wrong_count - listed)
