"""The Zalo channel as the service has it: on its store, its files and its commune."""

from collections.abc import Callable
from functools import partial

from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.client import Client
from bot.channels.zalo.consent import verifier_of
from bot.channels.zalo.inbound import CHANNEL
from bot.channels.zalo.surroundings import Surroundings, Waiting
from bot.channels.zalo.tokens import Tokens
from bot.service import Ground
from bot.settings import Settings
from messages.envelope import Attachment
from storage.alarms import alarm
from storage.channel_facts import ChannelFacts
from storage.credentials import Credentials
from storage.people import phone_at


def open_zalo(settings: Settings, ground: Ground, link: Callable[[Attachment], str]) -> ZaloChannel:
    """Make the channel.

    Args:
        settings: the OA.
        ground: what the service stands on.
        link: gives a public, expiring address for a file of our own store.
    """
    store, clock, client = ground.store, ground.clock, Client()
    kept, facts = Credentials(store, clock), ChannelFacts(store, CHANNEL, clock)

    letter = ground.office.commune.zalo.letter_waiting

    async def raise_alarm(subject: str, episode: str, told: str) -> None:
        await alarm(store, subject, episode, told, clock())
        ground.inbox.arrived.set()

    async def open_media(ref: str) -> bytes:
        return await ground.media.read(ref.removeprefix("media:"))

    around = Surroundings(
        link=link,
        open_media=open_media,
        alarm=raise_alarm,
        keep_fact=facts.keep,
        read_fact=facts.read,
        consents=kept,
        verifier=verifier_of(store.box, settings.zalo_app_id),
        phone_of=partial(phone_at, store),
        waiting=Waiting(
            template=letter.template,
            code=letter.code,
            office=letter.office,
            office_name=ground.office.commune.office.say(),
        ),
    )
    return ZaloChannel(settings, Tokens(settings, kept, client, clock), clock, client, around)
