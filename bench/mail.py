"""How long messages take: 1,000 deliveries rendered, in three languages, with and without their charts.

    python bench/mail.py

Prints seconds of CPU, judges nothing. The ratio is to the same text formatted by Python alone (a table of the same
rows), in the same run. The messages are the same in every run and CPU time leaves out what else the machine does, so
the figures can be had again; by the clock a chart takes longer where other programs want the processor too.
"""

import resource
import time
from dataclasses import replace
from datetime import UTC, datetime

from carecmon.model import Alert, AlertState, Assessment, Cause, Cell, Freshness, Period, Series, Severity, Status
from carecmon.tell.announcement import Announcement, Content, Naming, Origin, Post, Reader
from carecmon.tell.mail import Envelope
from carecmon.tell.render import render

DELIVERIES = 1000
ALERTS = 3
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
ENVELOPE = Envelope("carecmon@example.org", "", "ops@example.org")


def notice(number: int) -> Announcement:
    series = Series.of("cpmm.swd", area=f"corridor-{number % 6 + 1}", mode="road")
    words = {"en": "Speed with delay", "ru": "Скорость с учётом задержек", "zh": "延误速度"}
    naming = Naming("cpmm.swd", str(series), "transport", "Railways", words, ({"en": f"Corridor {number}"},), "km/h")
    points = tuple((Period.parse(str(year)), 20 + (number + year) % 70 / 10) for year in range(2010, 2024))
    judged = Assessment(
        series, "transport", "Railways", Status.SLOW, Freshness.EXPECTED, False, "open_sdg/1", "km/h", "",
        points[-1][0], points[-1][1], points[-2][0], 0.3, 20.0, points[0][0], 21.0, 0.2, 1.5, 2.5, 21.4, 24.0, 2030,
        "24 by 2030 (working)", ("cpmm-report",), points,
    )  # fmt: skip
    alert = Alert(
        f"{number:012x}", "off-track", str(series), Severity.WARNING, AlertState.FIRING, Cause.NEW_PERIOD, NOW, "m"
    )
    place = Origin(
        "cpmm-report", {"en": "CPMM"}, "CAREC", "Report", "", Cell("cpmm-2023", "Table 3", "row", "2023", "20.1")
    )
    return Announcement(alert, "first_notification", "off_track", "transport", naming, judged, (place,))


def posts() -> list[Post]:
    made = []
    for number in range(DELIVERIES):
        language = ("en", "ru", "zh")[number % 3]
        reader = Reader(f"p{number}", f"Person {number}", language, "Asia/Almaty", f"p{number}@example.org")
        notices = tuple(notice(number * ALERTS + one) for one in range(ALERTS))
        made.append(Post(number, f"{number:032x}@example.org", "email", NOW, reader, Content("news", NOW), notices))
    return made


def main() -> None:
    deliveries = posts()
    started = time.process_time()
    for post in deliveries:
        for one in post.notices:
            "\n".join(f"{name:>20}: {getattr(one.assessment, name)!r}" for name in one.assessment.__slots__)
    plain = time.process_time() - started
    started = time.process_time()
    render(deliveries[0], "mail", ENVELOPE)
    first = time.process_time() - started
    started = time.process_time()
    for post in deliveries:
        render(post, "text", ENVELOPE)
    words = time.process_time() - started
    started = time.process_time()
    size = sum(len(render(post, "mail", ENVELOPE).body) for post in deliveries)
    whole = time.process_time() - started
    # Without its history a series has no chart.
    bare = [replace(post, notices=tuple(_without_points(one) for one in post.notices)) for post in deliveries]
    started = time.process_time()
    for post in bare:
        render(post, "mail", ENVELOPE)
    no_chart = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{DELIVERIES} deliveries of {ALERTS} alerts, three languages")
    print(f"  first mail, everything imported {first:8.2f} s")
    print(
        f"  text and HTML, no mail          {words:8.2f} s  {1000 * words / DELIVERIES:6.1f} ms each,"
        f" {words / plain:.0f} times plain formatting"
    )
    print(f"  mails without a chart           {no_chart:8.2f} s  {1000 * no_chart / DELIVERIES:6.1f} ms each")
    print(f"  mails with one chart each       {whole:8.2f} s  {1000 * whole / DELIVERIES:6.1f} ms each")
    print(f"  {size / DELIVERIES / 1024:.0f} KiB a mail, peak memory {peak:.0f} MiB, plain formatting {plain:.2f} s")


def _without_points(one: Announcement) -> Announcement:
    return replace(one, assessment=replace(one.assessment, points=()))


if __name__ == "__main__":
    main()
