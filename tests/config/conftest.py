import textwrap

import pytest

from carecmon import config
from carecmon.errors import ConfigError


@pytest.fixture
def read(tmp_path):
    """Return a function that writes its argument to indicators.toml and loads it."""

    def read(text):
        path = tmp_path / "indicators.toml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return config.load(path)

    return read


@pytest.fixture
def refused(read):
    """Return a function that gives the lines of the error that a text is refused with, the heading first."""

    def refused(text):
        with pytest.raises(ConfigError) as caught:
            read(text)
        assert caught.value.exit_code == 2
        return [line.strip() for line in str(caught.value).splitlines()]

    return refused
