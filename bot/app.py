"""The composition root: builds the parts, runs them in one TaskGroup, stops them in order."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

from bot.alone import beside_others
from bot.catalogue_watch import CatalogueWatch
from bot.channels.channel import Channel, Letter
from bot.channels.web.channel import WebChannel, WebChat
from bot.channels.web.identity import CookieIdentity, Identity
from bot.channels.web.origins import Origins
from bot.channels.web.uploads import Uploads
from bot.channels.web.whence import Whence
from bot.desk_files import DeskFiles
from bot.dossier_pull import DossierPull
from bot.handed_out import open_file, own_data_of
from bot.health import health_routes
from bot.key_check import check_key
from bot.language_model import LanguageModel
from bot.metrics import Metrics
from bot.pages.guarding import guard
from bot.pages.media import MediaLinks, media_route
from bot.pages.routes import pages
from bot.pages.site import Desk, Site
from bot.practice import PEOPLE, practice_identity, settle_in
from bot.press import MediaPress
from bot.public_figures import PublicFigures
from bot.publication_watch import PublicationWatch
from bot.service import PARTS, Ground, Service
from bot.settings import Settings
from handlers import (
    COMMANDS,
    about,
    commands_of,
    commune,
    letter_forms,
    search,
    survey_forms,
)
from handlers.office import Office
from handlers.publications import Noticeboard
from messages.envelope import Address, Attachment
from messages.languages import DEFAULT, ZONE, say
from scoring.schemes import read_all
from storage.carrying import CarryCodes
from storage.clock import Clock, clock_from, system_clock
from storage.database import BUSY_MS, Store
from storage.desk_sessions import DeskSessions
from storage.evidence import Evidence, record
from storage.inbox import Inbox
from storage.joining import take_over
from storage.leases import free_dead
from storage.media import Media
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.reader import Reader
from storage.sealing import Box, secret_in

log = structlog.get_logger(__name__)

BODY_BYTES = 1024 * 1024
STOP_WITHIN = 6.0
"""Seconds that the parts have to finish what is in hand."""


class CannotStart(Exception):
    """The service cannot start; the sentence says why."""


def clock_of(settings: Settings) -> Clock:
    """Give the clock: the machine's, or one that started at BOT_NOW."""
    if not settings.now:
        return system_clock
    start = datetime.fromisoformat(settings.now)
    return clock_from(start if start.tzinfo else start.replace(tzinfo=ZONE))


def box_of(settings: Settings) -> Box:
    """Give what seals: the key that is set, else the one kept in VAR_DIR."""
    return Box(settings.secret_key.get_secret_value() or secret_in(settings.var_dir))


def office_of(settings: Settings) -> Office:
    """Read what the commune has laid down; raises BadCommune, CatalogueError or BadCriteria."""
    folder = settings.commune_dir
    laid_down = commune.load(folder)
    scheme, *others = read_all(folder, [unit.id for unit in laid_down.units])
    return Office(
        commune=laid_down,
        catalogue=search.load(folder),
        scheme=scheme,
        others=tuple(others),
        public_url=settings.public_url,
        channels=settings.open_channels,
        board=Noticeboard(commune.load_publications(folder)),
        folder=folder,
        letters=letter_forms.load(folder),
        surveys=survey_forms.load(folder),
        adviser=_language_model(settings),
    )


def _language_model(settings: Settings) -> LanguageModel | None:
    """Give the language model that is set, None where none is."""
    if not settings.llm_url:
        return None
    return LanguageModel(settings.llm_url, settings.llm_key.get_secret_value(), settings.llm_model)


async def ground_at(
    url: str, box: Box, office: Office, clock: Clock, *, media: Path, busy_ms: int = BUSY_MS
) -> Ground:
    """Open and migrate a store and what stands on it.

    Args:
        url: the database.
        box: seals what is personal.
        office: what the commune has laid down.
        clock: tells the time.
        media: where files are kept.
        busy_ms: how long a write waits for another process.

    Raises:
        StoreUnavailable: it cannot be opened.
        TooNew: a later version of the service wrote it.
        Refusal: it was sealed with another key.
    """
    if url.startswith("sqlite"):
        Path(url.partition(":///")[2]).parent.mkdir(parents=True, exist_ok=True)
    store = Store(url, box, busy_ms)
    await store.open()
    try:
        await migrate(store)
        await check_key(store, clock)
    except BaseException:
        await store.close()
        raise
    kept = Media(store, media, clock)
    if office.letters is not None:
        office = replace(office, press=MediaPress(kept, office.letters.template))
    return Ground(
        store=store,
        inbox=Inbox(store, clock),
        outbox=Outbox(store, clock),
        media=kept,
        office=office,
        clock=clock,
        metrics=Metrics(),
    )


class Replayed:
    """What was written to a person on the web, for a page that reconnects."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def after(self, address: Address, letter_id: int) -> Sequence[Letter]:
        """Give the letters after a number."""
        return [
            Letter(id=due.id, to=due.to, body=due.body)
            for due in await self._outbox.after(address, letter_id)
        ]


def _link(links: MediaLinks, public_url: str, attachment: Attachment) -> str:
    """Give the address of a kept file, "" where it is none of ours."""
    kept = attachment.ref.removeprefix("media:")
    return "" if kept == attachment.ref else public_url + links.path(kept, attachment.name)


def _web_channel(
    settings: Settings, ground: Ground, identity: Identity, links: MediaLinks, *, prefix: str
) -> WebChannel:
    return WebChannel(
        WebChat(
            identity=identity,
            origins=Origins(settings.public_url, settings.embed_origins),
            uploads=Uploads(settings.var_dir / "uploads", ground.clock),
            replay=Replayed(ground.outbox),
            link=partial(_link, links, ""),
            now=ground.clock,
            whence=Whence(settings.trusted_proxies),
            prefix=prefix,
        )
    )


def _channels(
    settings: Settings, ground: Ground, identity: Identity, links: MediaLinks
) -> list[Channel]:
    """Make the channels that are open; a platform's code is read only where it is."""
    channels: list[Channel] = []
    if "web" in settings.open_channels:
        channels.append(_web_channel(settings, ground, identity, links, prefix="/chat"))
    if "zalo" in settings.open_channels:
        from bot.channels.zalo.opening import open_zalo  # noqa: PLC0415

        channels.append(open_zalo(settings, ground, partial(_link, links, settings.public_url)))
    if "telegram" in settings.open_channels:
        from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415
        from bot.channels.telegram.role_commands import Shown  # noqa: PLC0415

        async def open_media(ref: str) -> bytes:
            return await ground.media.read(ref.removeprefix("media:"))

        async def officials() -> dict[str, Shown]:
            found = await Reader(ground.store).had_roles("telegram")
            return {number: Shown(*one) for number, one in found.items()}

        channels.append(
            TelegramChannel(
                settings,
                bytes.fromhex(ground.store.box.signing_key),
                ground.clock,
                commands=lambda language: [(name, say(what, language)) for name, what in COMMANDS],
                about=lambda language: about(ground.office, language),
                open_media=open_media,
                officials=officials,
                role_commands=lambda shown: [
                    (name, say(what, shown.language or DEFAULT))
                    for name, what in commands_of(shown.roles)
                ],
            )
        )
    return channels


def _site(
    settings: Settings,
    ground: Ground,
    identity: CookieIdentity,
    links: MediaLinks,
    service: Service,
) -> Site:
    async def taken(left: Address, taken_up: Address) -> None:
        await take_over(ground.store, left, taken_up, ground.clock())

    async def on_shown(code: str, place: str, channel: str = "web") -> None:
        shown = Evidence("guidance.scanned", about=code, place=place)
        await record(ground.store, shown, now=ground.clock(), channel=channel)

    figures = PublicFigures(ground.store, ground.office, ground.clock)

    telegram = service.channels.get("telegram")
    return Site(
        commune=ground.office.commune,
        catalogue=ground.office.catalogue,
        settings=settings,
        identity=identity,
        origins=Origins(settings.public_url, settings.embed_origins),
        codes=CarryCodes(ground.store, ground.clock),
        take_over=taken,
        links=links,
        on_shown=on_shown,
        figures=figures.read,
        open_media=partial(open_file, ground),
        telegram_name=lambda: str(getattr(telegram, "username", "")),
        practice=PEOPLE if settings.practises else None,
        clock=ground.clock,
        board=ground.office.board,
        published=Reader(ground.store).published,
        desks=(_desk(ground, service, links),),
        surveys=ground.office.surveys,
        own_data=own_data_of(ground),
    )


def _desk(ground: Ground, service: Service, links: MediaLinks) -> Desk:
    return Desk(
        office=ground.office,
        read=Reader(ground.store),
        sessions=DeskSessions(ground.store),
        accept=service.accept,
        files=DeskFiles(ground.media, service.darkroom),
        links=links,
        now=ground.clock,
    )


async def run(settings: Settings, only: Sequence[str] = PARTS) -> None:
    """Run until told to stop.

    Raises:
        CannotStart: the port is taken.
        StoreUnavailable: the database cannot be opened.
    """
    office, clock, box = office_of(settings), clock_of(settings), box_of(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(beside_others(settings.var_dir))
        ground = await ground_at(
            settings.database, box, office, clock, media=settings.var_dir / "media"
        )
        await free_dead(ground.store)
        identity = CookieIdentity(
            box.signing_key,
            secure=settings.public_url.startswith("https://"),
            embeddable=bool(settings.embed_origins),
        )
        links = MediaLinks(box.signing_key, clock)
        watch = CatalogueWatch(settings.commune_dir, office.catalogue, ground.store, clock)
        channels = _channels(settings, ground, identity, links)
        notices = PublicationWatch(
            settings.commune_dir, office, ground.store, clock, shows="web" in only
        )
        beside_it = {"catalogue": watch.run, "publications": notices.run}
        if "clock" in only and office.commune.dossiers.pulled is not None:
            beside_it["pull"] = _pull(settings, ground).run
        service = Service(ground, channels, only, beside=beside_it)
        stack.push_async_callback(service.close)
        site = _site(settings, ground, identity, links, service)
        services, beside = [service], []
        if settings.practises and set(only) == set(PARTS):
            practising, photos, desk = await _practice(settings, box, office, clock)
            stack.push_async_callback(practising.close)
            services.append(practising)
            beside.append(photos)
            held = own_data_of(ground, practising.ground)
            site = replace(site, desks=(*site.desks, desk), own_data=held)
        app = application(settings, site, services, beside)

        async def hang_up(_: web.Application) -> None:
            # Open pages would be waited for; they come back by themselves.
            for one in services:
                await one.hang_up()

        app.on_shutdown.append(hang_up)
        await _serve(settings, services, app, only)


def _pull(settings: Settings, ground: Ground) -> DossierPull:
    return DossierPull(
        ground.store,
        ground.inbox,
        ground.office.commune,
        ground.clock,
        header=settings.dossiers_header.get_secret_value(),
        folder=settings.var_dir / "exports",
    )


def application(
    settings: Settings,
    site: Site,
    services: Sequence[Service],
    beside: Sequence[web.AbstractRouteDef] = (),
) -> web.Application:
    """Make what answers every request: pages, channels, the watch; the first service is watched."""
    routes = [*pages(site), *beside]
    routes += [route for service in services for route in service.routes()]
    routes += health_routes(services[0], settings)
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[guard(site)])
    app.add_routes(routes)
    return app


async def _practice(
    settings: Settings, box: Box, office: Office, clock: Clock
) -> tuple[Service, web.AbstractRouteDef, Desk]:
    """Make the service on which people practise, the route of its photos, and its desk.

    It stands on a store of its own, and nobody outside is on it.
    """
    folder = settings.var_dir / "practice"
    office = replace(office, desk="/demo/desk")
    ground = await ground_at(
        f"sqlite+aiosqlite:///{folder / 'bot.db'}", box, office, clock, media=folder / "media"
    )
    await free_dead(ground.store)
    links = MediaLinks(box.digest("key", "practice"), clock, prefix="/demo/media")
    channel = _web_channel(settings, ground, practice_identity(), links, prefix="/demo")
    service = Service(ground, [channel])
    await settle_in(service, clock())
    photos = media_route(links, partial(open_file, ground))
    return service, photos, _desk(ground, service, links)


async def _serve(
    settings: Settings, services: Sequence[Service], app: web.Application, only: Sequence[str]
) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        runner = None
        if "web" in only:
            runner = await _listen(settings, app)
            stack.push_async_callback(runner.cleanup)
        async with asyncio.TaskGroup() as tasks:
            running = [service.start(tasks, stopping) for service in services]
            if "inbox" in only:
                ground = services[0].ground
                tasks.create_task(
                    asyncio.to_thread(ground.office.warm, ground.clock()), name="warm"
                )
            log.info("started", address=settings.public_url, channels=settings.open_channels)
            await stopping.wait()
            log.info("stopping")
            for server in list(runner.sites) if runner is not None else ():
                # No new work comes in; what is in hand is finished by the workers.
                await server.stop()
            for task in (task for parts in running for task in parts.listening):
                task.cancel()
            working = [task for parts in running for task in parts.working]
            _, slow = await asyncio.wait(working, timeout=STOP_WITHIN) if working else ((), ())
            for task in slow:
                # Its work is durable and is done at the next start.
                log.warning("stopped in the middle", part=task.get_name())
                task.cancel()
    log.info("stopped")


async def _listen(settings: Settings, app: web.Application) -> web.AppRunner:
    """Open the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        ) from error
    return runner
