"""An administrator agrees once, and hears of it when that has to be done again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.channel import Letter, Misconfigured
from bot.channels.zalo import consent
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.connecting import connect
from bot.channels.zalo.opening import open_zalo
from bot.channels.zalo.tokens import NAME, ConsentNeeded
from bot.metrics import Metrics
from bot.refusal import Refusal
from bot.service import Ground
from bot.settings import Settings
from handlers.office import Office
from messages.envelope import Address, Outgoing
from storage.channel_facts import fact
from storage.credentials import Credential, Credentials
from storage.database import Store
from storage.media import Media
from tests.channels.zalo.conftest import Door, Logs
from tests.channels.zalo.settings import settings_for
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE, Hands
from tests.databases import SECRET
from tests.emulators import faults
from tests.emulators.zalo import App, Citizen, ZaloEmulator
from tests.transcript import Talk, talking

CALLBACK = App().callback


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, office, hands) as talk:
        yield talk


@pytest.fixture
def ground(talk: Talk, tmp_path: Path) -> Ground:
    return Ground(
        store=talk.store,
        inbox=talk.inbox,
        outbox=talk.outbox,
        media=Media(talk.store, tmp_path, talk.hands),
        office=talk.office,
        clock=talk.hands,
        metrics=Metrics(),
    )


@pytest.fixture
def settings(zalo: ZaloEmulator) -> Settings:
    """An OA to which nobody has agreed yet."""
    public = CALLBACK.removesuffix(consent.PATH)
    return settings_for(zalo, zalo_refresh_token="", public_url=public)


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {"BOT_VAR_DIR": str(tmp_path), "BOT_COMMUNE_DIR": str(COMMUNE)})


Open = Callable[[], ZaloChannel]


@pytest.fixture
async def opened(settings: Settings, ground: Ground) -> AsyncIterator[Open]:
    """Opens the channel as each process of the service does."""
    made: list[ZaloChannel] = []

    def open_one() -> ZaloChannel:
        made.append(open_zalo(settings, ground, lambda _: ""))
        return made[-1]

    yield open_one
    for channel in made:
        await channel.close()


@pytest.fixture
async def service(opened: Open, door: Door) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes(opened().routes(door))
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def agree(zalo: ZaloEmulator, service: TestServer, link: str) -> tuple[int, str]:
    """Open the link as the administrator does; their browser follows Zalo to the callback."""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(link, allow_redirects=False) as page:
            assert page.status == 302, await page.text()
            back = page.headers["Location"]
        assert back.startswith(CALLBACK)
        here = service.make_url(consent.PATH).with_query(parse_qs(urlsplit(back).query))
        async with browser.get(here) as answer:
            return answer.status, await answer.text()


async def linked(settings: Settings, ground: Ground) -> str:
    kept = Credentials(ground.store, ground.clock)
    return await consent.link(settings, kept, ground.store.box, ground.clock())


def told_link(lines: list[str]) -> str:
    return next(line for line in lines if "code_challenge" in line)


async def test_who_agrees_connects_a_service_that_is_another_process(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer, opened: Open
) -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    command = asyncio.create_task(connect(settings, ground, lines.put_nowait))
    printed = [await lines.get() for _ in range(4)]
    assert CALLBACK in printed
    status, page = await agree(zalo, service, told_link(printed))
    assert (status, "Zalo" in page) == (200, True)
    await asyncio.wait_for(command, 5)
    assert "Zalo" in lines.get_nowait()
    # A process that knew of nothing sends with what was kept.
    citizen = zalo.citizen()
    citizen.interacts()
    await opened().send(Letter(1, Address("zalo", citizen.id), Outgoing("Xin chào")))
    assert [letter.text for letter in citizen.letters] == ["Xin chào"]
    assert zalo.grants.refreshes == 0


async def test_the_pair_is_sealed_and_in_no_log_and_on_no_page(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer, logs: Logs
) -> None:
    _, page = await agree(zalo, service, await linked(settings, ground))
    kept = await Credentials(ground.store, ground.clock).read(NAME)
    assert kept is not None
    assert (kept.access, kept.refresh) == (zalo.grants.access_token, zalo.grants.refresh_token)
    for secret in (kept.access, kept.refresh, settings.zalo_app_secret.get_secret_value()):
        assert secret not in page + str(logs)


async def test_a_link_serves_once(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer
) -> None:
    link = await linked(settings, ground)
    assert (await agree(zalo, service, link))[0] == 200
    assert (await agree(zalo, service, link))[0] == 403


async def test_an_old_link_does_not_serve(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer, hands: Hands
) -> None:
    link = await linked(settings, ground)
    hands.move(minutes=31)
    assert (await agree(zalo, service, link))[0] == 403


async def test_only_the_newest_link_serves(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer
) -> None:
    first, second = await linked(settings, ground), await linked(settings, ground)
    assert (await agree(zalo, service, first))[0] == 403
    assert (await agree(zalo, service, second))[0] == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"code": "CODE"}, 400),
        ({"state": "x"}, 400),
        ({"code": "", "state": ""}, 400),
        ({"code": "C" * 3000, "state": "x"}, 400),
        ({"code": "CODE", "state": "forged"}, 403),
        ({"code": "CODE", "state": "giả mạo"}, 403),
        ({"error": "-14003"}, 400),
    ],
)
async def test_what_nobody_waits_for_is_not_taken(
    zalo: ZaloEmulator,
    settings: Settings,
    ground: Ground,
    service: TestServer,
    query: dict[str, str],
    status: int,
) -> None:
    await linked(settings, ground)
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(service.make_url(consent.PATH).with_query(query)) as answer,
    ):
        assert answer.status == status
    # Zalo was asked nothing on a stranger's word.
    assert zalo.made("access_token") == []


async def test_a_consent_of_another_account_is_not_taken(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer
) -> None:
    link = await linked(settings, ground)
    state = parse_qs(urlsplit(link).query)["state"][0]
    query = {"code": zalo.grants.consent(), "state": state, "oa_id": "1"}
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(service.make_url(consent.PATH).with_query(query)) as answer,
    ):
        assert answer.status == 409
        assert zalo.app.oa_id in await answer.text()
    assert await Credentials(ground.store, ground.clock).read(NAME) is None


async def test_a_code_that_zalo_refuses_is_told(
    zalo: ZaloEmulator, settings: Settings, ground: Ground, service: TestServer
) -> None:
    link = await linked(settings, ground)
    zalo.fails(
        faults.says(200, b'{"error":-14005,"error_name":"Invalid authorization code"}'),
        when=lambda call: call.method == "access_token",
    )
    status, page = await agree(zalo, service, link)
    assert status == 502
    assert "Invalid authorization code" in page


async def test_the_challenge_is_the_same_for_each_link_of_one_installation(
    settings: Settings, ground: Ground
) -> None:
    links = [await linked(settings, ground) for _ in range(2)]
    first, second = (parse_qs(urlsplit(one).query) for one in links)
    assert first["code_challenge"] == second["code_challenge"]
    assert first["state"] != second["state"]
    verifier = consent.verifier_of(ground.store.box, settings.zalo_app_id)
    assert len(verifier) == 43
    # The example of RFC 7636, appendix B.
    assert (
        consent.challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


async def test_nobody_agrees_in_time(settings: Settings, ground: Ground) -> None:
    with pytest.raises(Refusal):
        await connect(settings, ground, lambda _: None, timedelta(seconds=0))


async def test_connecting_needs_the_apps_settings(zalo: ZaloEmulator, ground: Ground) -> None:
    with pytest.raises(Refusal) as told:
        await connect(settings_for(zalo, zalo_app_secret=""), ground, lambda _: None)
    assert "BOT_ZALO_APP_SECRET" in str(told.value)


async def test_a_new_consent_replaces_a_dead_pair_at_once(
    zalo: ZaloEmulator,
    settings: Settings,
    ground: Ground,
    service: TestServer,
    opened: Open,
    hands: Hands,
) -> None:
    kept = Credentials(ground.store, hands)
    await kept.consented(NAME, Credential("DEAD", "DEAD-TOO", hands(), hands()))
    channel = opened()
    citizen = zalo.citizen()
    citizen.interacts()
    letter = Letter(1, Address("zalo", citizen.id), Outgoing("Xin chào"))
    with pytest.raises(ConsentNeeded):
        await channel.send(letter)
    assert (await agree(zalo, service, await linked(settings, ground)))[0] == 200
    assert await channel.send(letter)


async def test_every_administrator_hears_once_that_consent_is_needed_again(
    zalo: ZaloEmulator, talk: Talk, opened: Open, ground: Ground, hands: Hands, citizen: Citizen
) -> None:
    chief = await talk.official("admin", name="Lãnh đạo", channel="telegram")
    second = await talk.official("admin", name="Phó", channel="web")
    officer = await talk.official("officer", unit="vp", channel="web")
    await Credentials(ground.store, hands).consented(
        NAME, Credential("A", "DEAD", hands(), hands())
    )
    # Two processes, many letters and many looks: one alarm.
    for channel in (opened(), opened()):
        for _ in range(3):
            with pytest.raises(Misconfigured):
                await channel.send(Letter(1, Address("zalo", citizen.id), Outgoing("a")))
            await channel._attend()
            hands.move(minutes=7)
    await talk.settle()
    for admin in (chief, second):
        (told,) = admin.new()
        assert "zalo connect" in told
    assert officer.new() == []
    # The next loss is told again.
    await Credentials(ground.store, hands).consented(
        NAME, Credential("B", "DEAD-AGAIN", hands(), hands())
    )
    channel = opened()
    await channel._attend()
    await talk.settle()
    assert len(chief.new()) == 1


async def test_a_right_that_is_missing_is_told_once_a_day(
    zalo: ZaloEmulator, talk: Talk, opened: Open, ground: Ground, hands: Hands, citizen: Citizen
) -> None:
    chief = await talk.official("admin", name="Lãnh đạo", channel="web")
    await Credentials(ground.store, hands).seed(NAME, zalo.grants.refresh_token)
    zalo.switches.standing = -224
    channel = opened()
    for _ in range(3):
        with pytest.raises(Misconfigured):
            await channel.send(Letter(1, Address("zalo", citizen.id), Outgoing("a")))
    await talk.settle()
    (told,) = chief.new()
    assert "-224" in told
    hands.move(days=1)
    zalo.clock.advance(days=1)
    with pytest.raises(Misconfigured):
        await channel.send(Letter(1, Address("zalo", citizen.id), Outgoing("a")))
    await talk.settle()
    assert len(chief.new()) == 1


async def test_doctor_and_health_know_of_a_lost_consent_and_of_its_return(
    zalo: ZaloEmulator,
    settings: Settings,
    ground: Ground,
    service: TestServer,
    opened: Open,
    database: str,
    bare: Terminal,
) -> None:
    channel = opened()
    names = {name: str(value) for name, value in zalo.environment().items()}
    typed = {
        **names,
        "BOT_ZALO_REFRESH_TOKEN": "",
        "BOT_DATABASE_URL": database,
        "BOT_SECRET_KEY": SECRET,
        "BOT_NOW": ground.clock().isoformat(),
    }
    before = await bare("doctor", **typed)
    assert (before.code, "zalo connect" in before.out) == (1, True)
    assert (await agree(zalo, service, await linked(settings, ground)))[0] == 200
    await channel._attend()
    assert channel.trouble == ""
    assert (await bare("doctor", **typed)).code == 0
    zalo.grants.revoke()
    channel._tokens._pair = None
    kept = Credentials(ground.store, ground.clock)
    await kept.consented(NAME, Credential("A", "DEAD", ground.clock(), ground.clock()))
    await channel._attend()
    assert channel.trouble
    assert await fact(ground.store, "zalo", "trouble") is not None
    after = await bare("doctor", **typed)
    assert after.code == 1
    assert "-14014" in after.out
    # Back again: the trouble is forgotten everywhere.
    assert (await agree(zalo, service, await linked(settings, ground)))[0] == 200
    await channel._attend()
    assert channel.trouble == ""
    assert (await bare("doctor", **typed)).code == 0
