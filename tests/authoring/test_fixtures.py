"""The fixtures that plugin authors are given are real: a store, a channel, a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from carecmon import Series
from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message

MESSAGE = Message("<1@example.org>", "anna", "Water", b"63 %")


def test_the_store_is_empty_and_takes_releases(store, clock):
    from carecmon.model import Batch, Draft, Order, Period, Published

    assert store.releases() == []
    batch = Batch(Series("water"), [(Period.parse("2023").key, 63.0, 0, None)])
    draft = Draft("s", Order.OBSERVED, "", Published.parse(None), "", "digest", [batch])
    with store.writing():
        recorded = store.record(draft, clock.now, None)
    assert recorded.added == 1
    assert [release.observed for release in store.releases()] == [clock.now]


def test_the_clock_goes_on_only_when_it_is_told(clock):
    before = clock.now
    assert before == clock.now == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert clock.forward(days=1, hours=2, seconds=3) - before == timedelta(days=1, hours=2, seconds=3)
    assert clock.now - before == timedelta(days=1, hours=2, seconds=3)


def test_the_outbox_keeps_what_it_is_given_and_fails_on_demand(outbox):
    to = Destination("anna@example.org")
    outbox.send(MESSAGE, to)
    outbox.error = DeliveryError("the server is gone", permanent=False)
    with pytest.raises(DeliveryError):
        outbox.send(MESSAGE, to)
    assert (outbox.sent, outbox.destinations) == ([MESSAGE], [to])
