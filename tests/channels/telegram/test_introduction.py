import structlog

from bot.channels.telegram.channel import TelegramChannel
from tests.channels.telegram.conftest import Listen, Opened
from tests.emulators import faults
from tests.emulators.telegram import TelegramEmulator

DEFAULT_SCOPE = '{"type": "default"}'
VI = [{"command": "gopy", "description": "Gửi phản ánh"}]
EN = [{"command": "gopy", "description": "Give feedback"}]


async def test_the_bot_introduces_itself_in_each_language_and_in_vietnamese_to_all_others(
    channel: TelegramChannel, telegram: TelegramEmulator, listen: Listen
) -> None:
    listen(channel)
    await telegram.until(lambda: bool(telegram.menu_buttons))
    assert telegram.commands == {
        (DEFAULT_SCOPE, ""): VI,
        (DEFAULT_SCOPE, "vi"): VI,
        (DEFAULT_SCOPE, "en"): EN,
    }
    assert telegram.words == {
        ("description", ""): "Bot của xã",
        ("description", "vi"): "Bot của xã",
        ("description", "en"): "The commune's bot",
        ("short_description", ""): "Xã",
        ("short_description", "vi"): "Xã",
        ("short_description", "en"): "Commune",
    }
    assert telegram.menu_buttons == {0: {"type": "commands"}}
    assert channel.username == telegram.username


async def test_a_failing_introduction_is_tried_again(
    channel: TelegramChannel, telegram: TelegramEmulator, listen: Listen
) -> None:
    telegram.fails(faults.HTTP_500, times=3, when=lambda call: "My" in call.method)
    listen(channel)
    await telegram.until(lambda: bool(telegram.menu_buttons))
    assert len(telegram.commands) == 3


async def test_a_refused_introduction_is_logged_and_the_rest_goes_on(
    open_channel: Opened, telegram: TelegramEmulator, listen: Listen
) -> None:
    refused = faults.says(400, b'{"ok":false,"description":"Bad Request: BOT_COMMAND_INVALID"}')
    telegram.fails(refused, when=lambda call: call.method == "setMyCommands")
    with structlog.testing.capture_logs() as logs:
        task = listen(open_channel())
        await telegram.until(lambda: bool(telegram.menu_buttons))
    assert not task.done()
    assert len(telegram.commands) == 2
    told = [line for line in logs if line["event"] == "telegram: introduction refused"]
    assert [line["what"] for line in told] == ["setMyCommands"]
