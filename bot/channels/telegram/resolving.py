"""Finding the hosts of the Bot API: a name that nobody here wrote leads to no private address."""

import ipaddress
import socket

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

OFFICIAL = "https://api.telegram.org"


class PublicResolver(AbstractResolver):
    """Finds hosts, and none at a private address but those that the administrator named.

    A provider that blocks Telegram often answers with an address of its own network.

    Args:
        named: hosts from the settings: a proxy, a Bot API server of one's own.
        inner: what finds them; the system's where None.
    """

    def __init__(self, named: frozenset[str], inner: AbstractResolver | None = None) -> None:
        self._named = named
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of a host."""
        found = await self._inner.resolve(host, port, family)
        if host.lower() in self._named:
            return found
        public = [one for one in found if ipaddress.ip_address(one["host"]).is_global]
        if not public:
            raise OSError(f"{host} leads to no public address: it may be blocked here")
        return public

    async def close(self) -> None:
        """Let go of the resolver within."""
        await self._inner.close()
