import pytest

from demo import world


@pytest.fixture(scope="session")
def made():
    """The whole demonstration county, built once; no test changes it."""
    return world.build()
