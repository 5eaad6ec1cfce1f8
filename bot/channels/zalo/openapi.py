"""Calls of Zalo's OpenAPI with the OA's token: renewed once where it is refused, errors typed."""

from collections.abc import Mapping
from typing import Final

from bot.channels.channel import Misconfigured, SendError, Unknown
from bot.channels.zalo.client import Client
from bot.channels.zalo.errors import ONCE_MORE, TokenRefused, error_for
from bot.channels.zalo.tokens import Tokens, number

MESSAGE: Final = "/v3.0/oa/message/cs"
"""A consultation message to one person."""

OLD_MESSAGE: Final = "/v2.0/oa/message"
"""What only the old address does: answers to visitors who are not logged in."""

ACCOUNT: Final = "/v2.0/oa/getoa"
"""What the OA is called and whether it is verified."""


class Declined(Exception):
    """Zalo answered with an error number other than 0.

    Args:
        code: the number.
        error: what it means for a letter.
    """

    def __init__(self, code: int, error: SendError) -> None:
        super().__init__(error.reason)
        self.code = code
        self.error = error


class OpenApi:
    """Asks the OpenAPI.

    Args:
        url: where it is, without a slash at the end.
        client: asks over HTTP.
        tokens: gives and renews the access token.
    """

    def __init__(self, url: str, client: Client, tokens: Tokens) -> None:
        self._url = url
        self._client = client
        self._tokens = tokens

    async def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Post a body and give the `data` of the answer.

        Raises:
            Declined: Zalo says no.
            SendError: no token, no connection, or no answer that could be read.
        """
        return await self._ask(path, body)

    async def get(self, path: str) -> Mapping[str, object]:
        """Get the `data` of an address; raises as `post` does."""
        return await self._ask(path, None)

    async def _ask(self, path: str, body: Mapping[str, object] | None) -> Mapping[str, object]:
        token = await self._tokens.access()
        try:
            return await self._once_or_twice(path, body, token)
        except TokenRefused:
            token = await self._tokens.renew(token)
        try:
            return await self._once_or_twice(path, body, token)
        except TokenRefused as error:
            raise Misconfigured(f"a new token is refused too: {error}") from None

    async def _once_or_twice(
        self, path: str, body: Mapping[str, object] | None, token: str
    ) -> Mapping[str, object]:
        try:
            return await self._once(path, body, token)
        except Declined as declined:
            if declined.code not in ONCE_MORE:
                raise
        return await self._once(path, body, token)

    async def _once(
        self, path: str, body: Mapping[str, object] | None, token: str
    ) -> Mapping[str, object]:
        headers = {"access_token": token}
        if body is None:
            answer = await self._client.get(self._url + path, headers)
        else:
            answer = await self._client.post_json(self._url + path, body, headers)
        if "error" not in answer:
            raise Unknown("the answer does not say whether it was done")
        code = number(answer["error"])
        if code:
            error = error_for(code, answer.get("message"))
            if isinstance(error, TokenRefused):
                raise error
            raise Declined(code, error)
        data = answer.get("data")
        return data if isinstance(data, dict) else {}
