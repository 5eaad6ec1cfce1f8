from pathlib import Path

import pytest

from handlers.search import Catalogue, load

COMMUNE = Path(__file__).parents[2] / "commune"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped commune's catalogue."""
    return load(COMMUNE)
