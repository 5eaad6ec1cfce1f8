"""Calls of Zalo's OpenAPI with the OA's token: renewed once where it is refused, errors typed."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import urlencode

from bot.channels.channel import Misconfigured, SendError, Unknown
from bot.channels.zalo.client import Answer, Client
from bot.channels.zalo.errors import ONCE_MORE, TokenRefused, error_for
from bot.channels.zalo.tokens import Tokens, number

MESSAGE: Final = "/v3.0/oa/message/cs"
"""A consultation message to one person."""

OLD_MESSAGE: Final = "/v2.0/oa/message"
"""What only the old address does: answers to visitors who are not logged in."""

GROUP: Final = "/v3.0/oa/group/message"
"""A message into a group chat (GMF) that the OA is in."""

UPLOAD_IMAGE: Final = "/v2.0/oa/upload/image"
UPLOAD_FILE: Final = "/v2.0/oa/upload/file"

RECENT_CHATS: Final = "/v2.0/oa/listrecentchat"
CONVERSATION: Final = "/v2.0/oa/conversation"
"""What was said lately, ten lines a call: to catch up after we were away."""

QUOTA: Final = "/v3.0/oa/quota/message"

ACCOUNT: Final = "/v2.0/oa/getoa"
"""What the OA is called and whether it is verified."""

Data: TypeAlias = Mapping[str, object]
Call: TypeAlias = Callable[[Mapping[str, str]], Awaitable[Answer]]
"""One request; it is given the headers that carry the token."""

Meaning: TypeAlias = Callable[[int, object], SendError | TokenRefused]

LISTED: Final = "listed"
"""Where the items stand of an answer that is a list."""


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
    """Asks the OpenAPI, or its ZBS neighbour, with the OA's token.

    Args:
        url: where it is, without a slash at the end.
        client: asks over HTTP.
        tokens: gives and renews the access token.
        meaning: what an error number means here.
    """

    def __init__(
        self, url: str, client: Client, tokens: Tokens, meaning: Meaning = error_for
    ) -> None:
        self._url = url
        self._client = client
        self._tokens = tokens
        self._meaning = meaning

    async def post(self, path: str, body: Mapping[str, object]) -> Data:
        """Post a body and give the `data` of the answer.

        Raises:
            Declined: Zalo says no.
            SendError: no token, no connection, or no answer that could be read.
        """
        return await self._ask(partial(self._client.post_json, self._url + path, body))

    async def get(self, path: str, data: Mapping[str, object] | None = None) -> Data:
        """Get the `data` of an address; what is asked goes as one JSON object, as Zalo wants it.

        Raises as `post` does.
        """
        asked = f"?{urlencode({'data': json.dumps(data)})}" if data is not None else ""
        return await self._ask(partial(self._client.get, self._url + path + asked))

    async def upload(self, path: str, name: str, content: bytes, mime: str) -> Data:
        """Upload a file; raises as `post` does."""
        return await self._ask(
            partial(self._client.post_file, self._url + path, name, content, mime)
        )

    async def _ask(self, call: Call) -> Data:
        token = await self._tokens.access()
        try:
            return await self._once_or_twice(call, token)
        except TokenRefused:
            token = await self._tokens.renew(token)
        try:
            return await self._once_or_twice(call, token)
        except TokenRefused as error:
            raise Misconfigured(f"a new token is refused too: {error}") from None

    async def _once_or_twice(self, call: Call, token: str) -> Data:
        try:
            return await self._once(call, token)
        except Declined as declined:
            if declined.code not in ONCE_MORE:
                raise
        return await self._once(call, token)

    async def _once(self, call: Call, token: str) -> Data:
        answer = await call({"access_token": token})
        if "error" not in answer:
            raise Unknown("the answer does not say whether it was done")
        code = number(answer["error"])
        if code:
            error = self._meaning(code, answer.get("message"))
            if isinstance(error, TokenRefused):
                raise error
            raise Declined(code, error)
        data = answer.get("data")
        if isinstance(data, list):
            return {LISTED: data}
        return data if isinstance(data, dict) else {}
