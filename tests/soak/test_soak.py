"""A month of the soak, as a part of the usual tests; ``make soak`` runs the year."""

import pytest

from tests.soak.soak import soak


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_comes_twice_in_a_month_with_failures_and_kills(tmp_path):
    counts, wrong = soak(tmp_path, seed=6, days=30, kills=4, step=240)
    assert wrong == []
    assert counts["kills"] == 4 and counts["of them failed"] > 0
