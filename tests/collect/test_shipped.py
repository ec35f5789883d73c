"""What is shipped keeps its own contract."""

from datetime import date

from carecmon import registry
from carecmon.collect.gather import Gathered, Request, gather


def test_every_shipped_document_is_read_without_failure_or_warning():
    loaded = registry.load(entry_points=False)
    requests = [Request(s, loaded.places[loaded.owner_of_source[s.id]]) for s in loaded.sources.values() if not s.live]
    results = list(
        gather(requests, indicators=loaded.indicators, today=date(2026, 1, 1), offline=True, in_process=True)
    )
    assert [result for result in results if not isinstance(result, Gathered) or result.warnings] == []
    assert len(results) == sum(len(request.source.documents) for request in requests) > 0
