"""`make bench`: the service beside what one would use instead, in one run on one machine.

Every server is a process of its own, the load is another; medians of three rounds in turn.
`python -m benchmarks NAME…` measures only what is named.
"""

import sys
from collections.abc import Callable, Sequence

from benchmarks import (
    desk,
    dossiers,
    guides,
    notices,
    notices_full,
    report,
    scale,
    search,
    sending,
    turns,
)
from benchmarks.programs import ROOT, Row, free_port, process

MEASURES: dict[str, Callable[[int], list[Row]]] = {
    "webhooks": turns.acknowledged,
    "latency": turns.latency,
    "turns": turns.turns,
    "size": turns.size,
    "sending": sending.rows,
    "storm": sending.storm_rows,
    "media": sending.media_rows,
    "search": search.rows,
    "guides": guides.rows,
    "dossiers": dossiers.rows,
    "desk": desk.rows,
    "report": report.rows,
    "notices": notices.rows,
    "scale": scale.rows,
}
"""What can be measured, given the port on which the fake platform listens."""

LONG: dict[str, Callable[[int], list[Row]]] = {"notices-full": notices_full.rows}
"""What takes an hour, and is measured only where it is named."""


def main(names: Sequence[str]) -> None:
    """Measure and print the table."""
    known = MEASURES | LONG
    if unknown := set(names) - set(known):
        raise SystemExit(f"{', '.join(sorted(unknown))}: not among {', '.join(known)}")
    (ROOT / "var").mkdir(exist_ok=True)
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        rows = [row for name in names or MEASURES for row in known[name](port)]
    print("| measured | median | ratio |")
    print("|---|---:|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
