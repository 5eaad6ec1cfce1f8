"""Finding hosts, but none at a private address: a name may be made to point anywhere."""

import ipaddress
import socket
from collections.abc import Callable

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as it is reached from networks that have IPv6 alone (RFC 6052)."""

PUBLIC = ipaddress.IPv6Network("2000::/3")
"""What is given to hosts of the whole Internet (RFC 4291, 2.4)."""


class PublicResolver(AbstractResolver):
    """Finds hosts, and none at a private address but those that the administrator named.

    A link may be made to lead inside; a provider that blocks a platform often answers with an
    address of its own network.

    Args:
        is_named: whether a host and port stand in the settings.
        refusal: makes the error for a host that has no public address.
        inner: what finds them; the system's where None.
    """

    def __init__(
        self,
        is_named: Callable[[str, int], bool],
        refusal: Callable[[str], Exception],
        inner: AbstractResolver | None = None,
    ) -> None:
        self._is_named = is_named
        self._refusal = refusal
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of a host that are open to everybody."""
        found = await self._inner.resolve(host, port, family)
        if self._is_named(host.lower(), port):
            return found
        public = [one for one in found if _is_public(one["host"])]
        if not public:
            raise self._refusal(host)
        return public

    async def close(self) -> None:
        """Let go of the resolver within."""
        await self._inner.close()


def _is_public(address: str) -> bool:
    """Whether an address is open to everybody; an IPv6 one by the IPv4 address within it."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        within = found.ipv4_mapped or found.sixtofour
        if found in TRANSLATED:
            within = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if within is None:
            return found in PUBLIC and found.is_global
        found = within
    return found.is_global and not found.is_multicast
