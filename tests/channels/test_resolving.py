import pytest

from bot.channels.resolving import PublicResolver
from tests.channels.pointing import Pointing


async def _found(address: str) -> list[str]:
    resolver = PublicResolver(lambda _host, _port: False, LookupError, Pointing(address))
    return [one["host"] for one in await resolver.resolve("photo.example.vn", 443)]


INSIDE = {
    "loopback": "127.0.0.1",
    "a private network": "10.1.2.3",
    "a provider's own network": "100.64.0.1",
    "loopback as IPv6": "::ffff:127.0.0.1",
    "loopback as old IPv6": "::127.0.0.1",
    "loopback behind a translator": "64:ff9b::7f00:1",
    "a private network behind a translator": "64:ff9b::a01:203",
    "a private network within 6to4": "2002:a01:203::1",
    "a site's own network": "fec0::1",
    "a link's own network": "fe80::1%eth0",
    "everybody at once": "224.0.0.1",
    "everybody at once, by IPv6": "ff02::1",
}


@pytest.mark.parametrize("where", INSIDE)
async def test_no_name_leads_inside_however_the_address_is_written(where: str) -> None:
    with pytest.raises(LookupError):
        await _found(INSIDE[where])


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
async def test_a_public_address_is_found(address: str) -> None:
    assert await _found(address) == [address]
