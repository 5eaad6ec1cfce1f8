"""What whoever watches over the service asks: is it well, and what has it done."""

import hmac

from aiohttp import web

from bot.backup_mark import last_backup
from bot.service import Service
from bot.settings import Settings


def health_routes(service: Service, settings: Settings) -> list[web.AbstractRouteDef]:
    """Give /healthz, and /metrics to who has the token; without one, on loopback to everybody."""

    async def healthz(_: web.Request) -> web.Response:
        parts = await service.health()
        well = parts["store"] == "ok"
        if not well:
            parts["store"] = "degraded"
        status = "degraded" if "degraded" in parts.values() else "ok"
        return web.json_response({"status": status, "parts": parts}, status=200 if well else 503)

    async def metrics(request: web.Request) -> web.Response:
        token = settings.metrics_token.get_secret_value()
        given = request.headers.get("Authorization", "")
        if token and not hmac.compare_digest(_bytes(given), _bytes(f"Bearer {token}")):
            raise web.HTTPUnauthorized
        if not token and not settings.is_loopback:
            raise web.HTTPNotFound
        last = last_backup(settings.var_dir)
        service.ground.metrics.last_backup.set(last.at.timestamp() if last else 0)
        return web.Response(
            body=service.ground.metrics.text(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    return [web.get("/healthz", healthz), web.get("/metrics", metrics)]


def _bytes(header: str) -> bytes:
    """What was sent, also where it is no text."""
    return header.encode("utf-8", "surrogateescape")
