"""Try a parser with what atheris makes of its seeds, until a fault is found or the time is over.

`python -m tests.fuzz NAME SECONDS`; without a name it tells them all. Needs atheris, which
`make fuzz` installs beside the tests.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot", "handlers", "messages", "scoring"]):
    from tests.fuzz.parsers import PARSERS

if len(sys.argv) < 3:
    sys.exit("\n".join(PARSERS))
parser = PARSERS[sys.argv[1]]


def once(data: bytes) -> None:
    """Read once; what the parser may not raise ends the run with the input that made it."""
    with contextlib.suppress(*parser.refuses):
        parser.read(data)


with tempfile.TemporaryDirectory() as corpus:
    for number, seed in enumerate(parser.seeds):
        Path(corpus, str(number)).write_bytes(seed)
    limits = [f"-max_total_time={sys.argv[2]}", "-rss_limit_mb=4096", "-timeout=60", "-verbosity=0"]
    atheris.Setup([sys.argv[0], corpus, *limits], once)
    atheris.Fuzz()
