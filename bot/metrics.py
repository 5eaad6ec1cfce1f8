"""What the service counts about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Counters of one service; a registry of its own, so that two services do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter(
            "messages_accepted",
            "Messages kept durably, by channel and whether new",
            ["channel", "new"],
            registry=self.registry,
        )
        self.turns = Counter("turns", "Turns committed", registry=self.registry)
        self.failures = Counter(
            "turn_failures", "Handlers that raised an error", registry=self.registry
        )
        self.worker_failures = Counter(
            "worker_failures",
            "Errors that no worker expects, after which it began anew",
            ["worker"],
            registry=self.registry,
        )
        self.letters = Counter(
            "letters",
            "Letters by channel and what became of them",
            ["channel", "fate"],
            registry=self.registry,
        )
        self.sending = Histogram(
            "letter_seconds",
            "Seconds from writing a letter to the platform's answer",
            ["channel"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600),
            registry=self.registry,
        )
        self.channel_up = Gauge(
            "channel_up", "1 while a channel can send", ["channel"], registry=self.registry
        )
        self.channel_listens = Gauge(
            "channel_listens",
            "1 while messages come in from a channel",
            ["channel"],
            registry=self.registry,
        )
        self.waiting_outside = Gauge(
            "messages_waiting_outside",
            "Messages that a platform could not deliver to us yet",
            ["channel"],
            registry=self.registry,
        )

        self.set_aside = Gauge(
            "messages_set_aside",
            "Messages that could not be handled and wait for a person to look",
            registry=self.registry,
        )
        self.last_backup = Gauge(
            "backup_timestamp_seconds",
            "When the last backup was made on this machine, seconds since 1970; 0 = never",
            registry=self.registry,
        )

    def text(self) -> bytes:
        """Give all counters in Prometheus' text form."""
        return generate_latest(self.registry)
