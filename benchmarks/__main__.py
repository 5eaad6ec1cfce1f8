"""`make bench`: the service beside what one would use instead, in one run on one machine.

Every server is a process of its own, the load is another; medians of three rounds in turn.
`python -m benchmarks NAME…` measures only what is named.
"""

import sys
from collections.abc import Callable, Sequence

from benchmarks import desk, dossiers, guides, notices, report, search, sending, turns
from benchmarks.programs import ROOT, Row, free_port, process

MEASURES: dict[str, Callable[[int], list[Row]]] = {
    "webhooks": turns.acknowledged,
    "latency": turns.latency,
    "turns": turns.turns,
    "size": turns.size,
    "sending": sending.rows,
    "search": search.rows,
    "guides": guides.rows,
    "dossiers": dossiers.rows,
    "desk": desk.rows,
    "report": report.rows,
    "notices": notices.rows,
}
"""What can be measured, given the port on which the fake platform listens."""


def main(names: Sequence[str]) -> None:
    """Measure and print the table."""
    if unknown := set(names) - set(MEASURES):
        raise SystemExit(f"{', '.join(sorted(unknown))}: not among {', '.join(MEASURES)}")
    (ROOT / "var").mkdir(exist_ok=True)
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        rows = [row for name in names or MEASURES for row in MEASURES[name](port)]
    print("| measured | median | ratio |")
    print("|---|---:|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
