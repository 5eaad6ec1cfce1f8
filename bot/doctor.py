"""What is wrong, and what to do about it: for whoever runs the service."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.app import box_of, clock_of, ground_at, office_of
from bot.backup_mark import last_backup
from bot.doctor_counts import counted_anew
from bot.doctor_files import public, templates, unconfirmed
from bot.doctor_outside import certificate, clock_is_kept, not_behind
from bot.dossier_pull import how_it_goes
from bot.findings import Finding, Weight, ok, warn, wrong
from bot.refusal import Refusal, told
from bot.service import Ground
from bot.settings import Settings
from handlers.commune import BadCommune, warnings
from handlers.office import Office
from handlers.search import CatalogueError
from messages.languages import DEFAULT, say
from messages.text import _
from scoring.criteria import BadCriteria
from storage.channel_facts import fact
from storage.credentials import Credentials
from storage.database import StoreUnavailable
from storage.evidence import verify
from storage.migrate import TooNew
from storage.outbox import FAILED, HELD, UNKNOWN
from storage.sealing import KEY_FILE, CannotUnseal

LEAST_FREE = 500 * 1024 * 1024

SHORTEST_KEY = 16
"""Characters of a secret key below which it could be guessed."""


async def doctor(settings: Settings) -> int:
    """Print what was found, a line each; 1 where something is broken, else 0."""
    broken = False
    async for finding in findings(settings):
        broken = broken or finding.weight is Weight.BROKEN
        sys.stdout.write(f"{finding.weight:8} {say(finding.text, DEFAULT)}\n")
    return int(broken)


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything that can be wrong; what is broken hides what stands on it."""
    try:
        office = office_of(settings)
    except (BadCommune, BadCriteria) as error:
        for line in error.told(DEFAULT):
            yield wrong(line)
        return
    except CatalogueError as error:
        yield wrong(str(error))
        return
    yield ok(_("The commune's files can be read."))
    for gap in warnings(office.commune):
        yield warn(_("{file}, {place}: {text}", file=gap.file, place=gap.place, text=gap.text))
    for finding in unconfirmed(office):
        yield finding
    looks = (
        _machine,
        clock_is_kept,
        _key,
        _backup,
        certificate,
        _names,
        _language_model,
        _zalo,
        _telegram,
    )
    for look in looks:
        for finding in look(settings):
            yield finding
    async for finding in _telegram_itself(settings):
        yield finding
    async for finding in _kept(settings, office):
        yield finding


async def _kept(settings: Settings, office: Office) -> AsyncIterator[Finding]:
    """Look at what the database holds."""
    try:
        ground = await ground_at(
            settings.database,
            box_of(settings),
            office,
            clock_of(settings),
            media=settings.var_dir / "media",
        )
    except (TooNew, StoreUnavailable, CannotUnseal, Refusal, OSError) as error:
        yield wrong(told(error))
        return
    try:
        async for finding in _store(ground):
            yield finding
        if not settings.now:
            # One that is set begins anew in each process and tells nothing of the machine's.
            yield await not_behind(ground.store, ground.clock())
        for look in (public, templates):
            async for finding in look(ground):
                yield finding
        async for finding in _zalo_kept(settings, ground):
            yield finding
        async for finding in _pulled(ground):
            yield finding
    finally:
        await ground.store.close()


def _machine(settings: Settings) -> Iterator[Finding]:
    """Look at the machine."""
    folder = settings.var_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield wrong(_("Only {n} MB are free under VAR_DIR: make room.", n=free // 1_000_000))
    else:
        yield ok(_("There is room on the disk."))


def _key(settings: Settings) -> Iterator[Finding]:
    """Look at the secret key; whether it is the right one only the store can tell."""
    given = settings.secret_key.get_secret_value()
    if given:
        if len(given) < SHORTEST_KEY:
            yield warn(_("BOT_SECRET_KEY is shorter than {n} characters.", n=SHORTEST_KEY))
        return
    path: Path = settings.var_dir / KEY_FILE
    if path.is_file() and path.stat().st_mode & 0o077:
        yield warn(_("{path} can be read by others: chmod 600.", path=str(path)))


def _backup(settings: Settings) -> Iterator[Finding]:
    """Look at when the last backup was made here."""
    last, now = last_backup(settings.var_dir), clock_of(settings)()
    again = "python -m bot backup FILE"
    if last is None:
        yield warn(_("No backup was made here yet: {command}", command=again))
    elif now - last.at > timedelta(hours=settings.backup_hours):
        yield warn(
            _(
                "The last backup is {n} hours old ({at}): {command}",
                n=int((now - last.at) / timedelta(hours=1)),
                at=last.at,
                command=again,
            )
        )
    else:
        yield ok(_("The last backup was made {at}: {file}", at=last.at, file=last.file))


def _names(settings: Settings) -> Iterator[Finding]:
    """Look for settings that change nothing, and tell who hears of errors."""
    for name in settings.unknown():
        yield warn(_("{name} is no setting of this service.", name=name))
    if dsn := settings.sentry_dsn.get_secret_value():
        host = urlsplit(dsn).hostname or ""
        yield ok(_("Errors of the service are told to {host}, without anybody's words.", host=host))


def _language_model(settings: Settings) -> Iterator[Finding]:
    """Tell that a language model is asked, and whether on a safe way; none is no finding."""
    if not settings.llm_url:
        return
    parts = urlsplit(settings.llm_url)
    host = parts.hostname or ""
    yield ok(_("A language model is asked where the search is unsure: {host}.", host=host))
    if parts.scheme != "https" and host not in {"127.0.0.1", "::1", "localhost"}:
        yield warn(_("BOT_LLM_URL is not https: what is asked can be read on the way."))


def _zalo(settings: Settings) -> Iterator[Finding]:
    """Look at what Zalo needs."""
    needed = {
        "BOT_ZALO_APP_ID": settings.zalo_app_id,
        "BOT_ZALO_APP_SECRET": settings.zalo_app_secret,
        "BOT_ZALO_OA_SECRET_KEY": settings.zalo_oa_secret_key,
    }
    missing = [name for name, value in needed.items() if not value]
    if len(missing) == len(needed) and not settings.zalo_refresh_token:
        if not settings.has_telegram:
            yield warn(_("Neither Zalo nor Telegram is connected: the web chat alone is open."))
        return
    if missing:
        yield wrong(_("Zalo is half configured, it needs also: {names}.", names=", ".join(missing)))
    if not settings.public_url.startswith("https://"):
        yield warn(_("Zalo reaches only an https address: set BOT_PUBLIC_URL."))
    if not settings.zalo_oa_id:
        yield warn(_("BOT_ZALO_OA_ID is empty: events of any account would be taken."))
    if settings.zalo_mac_mode != "strict":
        yield warn(_("BOT_ZALO_MAC_MODE is not strict: forged messages are taken."))


async def _zalo_kept(settings: Settings, ground: Ground) -> AsyncIterator[Finding]:
    """Look at Zalo's tokens and at what the running service says of it."""
    if not settings.has_zalo:
        return
    again = "python -m bot zalo connect"
    try:
        pair = await Credentials(ground.store, ground.clock).read("zalo")
    except CannotUnseal:
        yield wrong(_("Zalo's token was sealed with another key: {command}", command=again))
        return
    if pair is None:
        if not settings.zalo_refresh_token:
            yield wrong(_("No administrator of the OA has agreed yet: {command}", command=again))
        return
    now = ground.clock()
    trouble = await fact(ground.store, "zalo", "trouble")
    if trouble is not None:
        yield wrong(
            _("Zalo is not ready since {at}: {reason}", at=trouble.at, reason=trouble.value)
        )
    elif pair.expires_at is not None and pair.expires_at <= now:
        yield warn(
            _("Zalo's token ran out at {at}: a running service renews it.", at=pair.expires_at)
        )
    else:
        yield ok(_("Zalo's token is valid or can be renewed."))


async def _pulled(ground: Ground) -> AsyncIterator[Finding]:
    """Look at how the one-stop system's table is fetched, where commune.toml says that it is."""
    source = ground.office.commune.dossiers.pulled
    if source is None:
        return
    last, trouble = await how_it_goes(ground.store)
    if trouble is not None:
        yield wrong(
            _(
                "The one-stop system's table is not fetched since {at}: {reason}",
                at=trouble.at,
                reason=trouble.value,
            )
        )
    elif last is None:
        yield warn(_("The one-stop system's table was never fetched yet."))
    elif ground.clock() - last.at > 2 * timedelta(minutes=source.every):
        yield warn(_("The one-stop system's table was last fetched {at}.", at=last.at))
    else:
        yield ok(_("The one-stop system's table was fetched {at}.", at=last.at))


def _telegram(settings: Settings) -> Iterator[Finding]:
    """Look at what Telegram needs."""
    webhook = settings.has_telegram and settings.telegram_mode == "webhook"
    if webhook and not settings.public_url.startswith("https://"):
        yield wrong(_("Telegram calls only an https address: set BOT_PUBLIC_URL."))


async def _telegram_itself(settings: Settings) -> AsyncIterator[Finding]:
    """Ask Telegram how our bot is, over the proxy and at the address that are set."""
    if not settings.has_telegram:
        return
    from bot.channels.telegram.examination import examine  # noqa: PLC0415 - the library is slow

    state = await examine(settings)
    if state.refused:
        yield wrong(_("Telegram refuses BOT_TELEGRAM_TOKEN: ask @BotFather for the right one."))
        return
    if state.unreachable:
        yield warn(
            _(
                "Telegram cannot be reached ({reason}). Where it is blocked, set "
                "BOT_TELEGRAM_PROXY or BOT_TELEGRAM_API_URL.",
                reason=state.unreachable,
            )
        )
        return
    yield ok(_("Telegram knows the bot: @{name}.", name=state.username))
    if state.pending:
        yield warn(
            _(
                "{n} messages wait at Telegram. Last error: {reason}",
                n=state.pending,
                reason=state.last_error or "-",
            )
        )
    if state.webhook and settings.telegram_mode == "polling":
        yield warn(_("A webhook is set at Telegram; it is taken down when the service starts."))


async def _store(ground: Ground) -> AsyncIterator[Finding]:
    """Look at what is in the database."""
    try:
        await ground.store.answers()
    except StoreUnavailable as error:
        yield wrong(_("The database cannot be written: {reason}", reason=str(error)))
        return
    yield ok(_("The database can be read and written."))
    aside = await ground.inbox.set_aside()
    for message in aside:
        yield wrong(
            _(
                "Message {id} ({channel}, {at}) could not be handled: {error}.",
                id=message.id,
                channel=message.channel,
                at=message.accepted_at,
                error=message.error,
            )
        )
    depth = await ground.outbox.depth()
    for state, text in (
        (FAILED, _("Letters that were not sent: {n}.", n=depth.get(FAILED, 0))),
        (UNKNOWN, _("Letters of which nobody knows: {n}.", n=depth.get(UNKNOWN, 0))),
        (HELD, _("Letters held until their person writes: {n}.", n=depth.get(HELD, 0))),
    ):
        if depth.get(state):
            yield warn(text)
    broken = await verify(ground.store)
    for day in broken:
        yield wrong(
            _(
                "The evidence of {day} is not what was sealed: {reason}.",
                day=day.day,
                reason=day.reason,
            )
        )
    if not broken:
        yield ok(_("The seals of the evidence hold."))
    async for finding in counted_anew(ground):
        yield finding
