"""What Prometheus is told: counted from the store when it asks, and from what the scheduler knows of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from itertools import product
from typing import TYPE_CHECKING

from carecmon.errors import CarecmonError
from carecmon.model import AlertState, Severity
from carecmon.schedule.plan import next_due
from carecmon.schedule.standings import standings
from carecmon.store import Store
from carecmon.store.figures import figures

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily, Metric

    from carecmon.schedule.pulse import Pulse
    from carecmon.schedule.reading import Reading


@dataclass(slots=True, eq=False)
class Metrics:
    """Collects everything anew for each question; a store that cannot be read is itself a figure."""

    reading: Reading
    pulse: Pulse
    clock: Callable[[], datetime]
    version: str = field(default_factory=lambda: version("carecmon"))

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest

        one = CollectorRegistry(auto_describe=False)
        one.register(self)
        return generate_latest(one)

    def collect(self) -> Iterable[Metric]:
        """Yield every metric."""
        yield from self._own()
        readable = 0
        try:
            if Store.exists(self.reading.settings.database):
                yield from self._stored()
            readable = 1
        except CarecmonError:
            pass
        yield _gauge("carecmon_store_readable", "Whether the store can be read.", readable)

    def _own(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, InfoMetricFamily

        pulse = self.pulse
        yield InfoMetricFamily("carecmon_build", "The version of carecmon.", {"version": self.version})
        yield _gauge("carecmon_config_valid", "Whether indicators.toml, as it is now, is in force.", pulse.config_valid)
        yield _gauge("carecmon_problems", "Places where something must be mended.", len(pulse.problems))
        alive = "Whether ticks come, and none takes longer than its sources may."
        yield _gauge("carecmon_alive", alive, not pulse.dead())
        tick = pulse.last_tick.timestamp() if pulse.last_tick else 0.0
        yield _gauge("carecmon_last_tick_timestamp_seconds", "When the scheduler last looked what is due.", tick)
        runs = CounterMetricFamily("carecmon_runs", "Runs that finished, by exit code.", labels=["exit_code"])
        for code, count in sorted(pulse.runs.items()):
            runs.add_metric([str(code)], count)
        yield runs
        revisions = "Values that a later release states otherwise, since the scheduler started."
        yield CounterMetricFamily("carecmon_revisions", revisions, value=pulse.revisions)
        lasted = pulse.durations
        yield HistogramMetricFamily(
            "carecmon_run_duration_seconds", "How long runs took.", lasted.buckets(), lasted.total
        )

    def _stored(self) -> Iterator[Metric]:
        now = self.clock()
        with Store.open_readonly(self.reading.settings.database) as store:
            found = figures(store)
            known = standings(self.reading.settings, self.reading.registry, store)
        ok = _labelled("carecmon_source_last_success_timestamp_seconds", "When a source last gave what it should.")
        failures = _labelled("carecmon_source_failures", "How often a source failed since it last did not.")
        planned = _labelled("carecmon_source_next_due_timestamp_seconds", "When a source is asked next.")
        for one in known:
            ok.add_metric([one.source], one.last_ok.timestamp() if one.last_ok else 0.0)
            failures.add_metric([one.source], one.failures)
            planned.add_metric([one.source], next_due(one, now).timestamp())
        yield from (ok, failures, planned)
        yield _gauge("carecmon_observations", "Values stored, each version of a cell counted.", found.observations)
        yield _gauge("carecmon_releases", "Releases stored.", found.releases)
        yield _gauge("carecmon_releases_quarantined", "Releases that wait for a decision.", found.quarantined)
        findings = _labelled("carecmon_findings", "Contradictions that stand.", "severity")
        for severity in Severity:
            findings.add_metric([severity], found.findings.get(severity, 0))
        alerts = _labelled("carecmon_alerts", "Alerts.", "state", "severity")
        for life, severity in product(AlertState, Severity):  # a series that comes and goes cannot be added up
            alerts.add_metric([life, severity], found.alerts.get((life, severity), 0))
        messages = _labelled("carecmon_outbox_messages", "Messages.", "state")
        for state in ("queued", "waiting", "sent", "dead", "dropped"):
            messages.add_metric([state], found.messages.get(state, 0))
        yield from (findings, alerts, messages)
        age = (now - found.waiting_since).total_seconds() if found.waiting_since else 0.0
        yield _gauge("carecmon_outbox_oldest_seconds", "How long the oldest message has been on its way.", max(age, 0))


def _gauge(name: str, text: str, value: float) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, text, value=float(value))


def _labelled(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, text, labels=labels or ("source",))
