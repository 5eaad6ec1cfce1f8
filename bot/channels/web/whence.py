"""From which internet address a request comes, behind a proxy too."""

import ipaddress
from collections.abc import Iterable

from aiohttp import web

_SUBSCRIBER = {4: 32, 6: 64}
"""Bits of an address that tell one subscriber from another (RFC 6177 for version 6)."""


class Whence:
    """Tells whose internet address a request has.

    Args:
        proxies: networks of the proxies before us, whose word in X-Forwarded-For is believed.
    """

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        self._proxies = [ipaddress.ip_network(network) for network in proxies]

    def of(self, request: web.Request) -> str:
        """Give the subscriber's address, "" where it tells nothing.

        This machine's own tells nothing: an unnamed proxy stands before us, and all come from it.
        """
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        address = _read(request.remote or "")
        for before in reversed(forwarded):
            if address is None or not any(address in network for network in self._proxies):
                break
            address = _read(before) or address
        if address is None or address.is_loopback:
            return ""
        bits = _SUBSCRIBER[address.version]
        return str(ipaddress.ip_network((address, bits), strict=False))


def _read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
