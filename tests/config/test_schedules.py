"""How a schedule may be written."""

import pytest

from carecmon.config.values import schedule


@pytest.mark.parametrize(
    "written",
    [
        "0 6 * * 1",
        "*/15 * * * *",
        "0 6 * * mon-fri",
        "0 6 1 JAN,jul *",
        "30 2 * * 7",
        "every 6 hours",
        "release calendar",
    ],
)
def test_a_schedule_is_kept_as_written(written):
    assert schedule(written) == written


@pytest.mark.parametrize(
    "written",
    ["61 6 * * 1", "0 6 * *", "* * * * * *", "0 6 * * fri-mon", "0 6 * * jan", "0 mon * * *", "@daily", "daily",
     "every 0 days", "0 0 30 2 *", "0 0 * feb 30"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_with_what_to_write(written):
    with pytest.raises(ValueError, match=r"write (five cron fields|a length of time)"):
        schedule(written)
