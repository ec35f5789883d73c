"""The line that people see first: it says the gist."""

from __future__ import annotations

from carecmon.model import AlertState
from carecmon.tell import phrases
from carecmon.tell.announcement import Announcement, Post, split
from carecmon.tell.card import name, sentence
from carecmon.tell.language import Language, forms


def subject(language: Language, post: Post) -> str:
    """Return the subject of ``post``, not yet cleaned for a header."""
    said = f"[CAREC] {_gist(language, post)}"
    return f"[{language.gettext('SAMPLE')}] {said}" if post.content.sample else said


def _gist(language: Language, post: Post) -> str:
    say, content = language.gettext, post.content
    if content.kind == "test":
        return say("A test message")
    if content.kind == "undelivered":
        return language.count(
            "%(n)s message could not be delivered", "%(n)s messages could not be delivered", len(content.undelivered)
        )
    if content.kind == "introduction":
        behind = sum(one.status.off_track for one in content.standings)
        stand = language.count(
            "Where %(n)s indicator stands",
            "Where %(n)s indicators stand",
            len({s.naming.indicator for s in content.standings}),
        )
        late = language.count("%(n)s behind", "%(n)s behind", behind)
        return f"{stand}{forms(language.code)['joint']}{late}" if behind else stand
    return _news(language, post)


def _news(language: Language, post: Post) -> str:
    firing, resolved, _ = split(post.notices)
    if len(firing) + len(resolved) == 1:
        return _one(language, (firing or resolved)[0])
    said = []
    if firing:
        said.append(language.count("%(n)s new alert", "%(n)s new alerts", len(firing)))
    if resolved:
        said.append(language.count("%(n)s resolved", "%(n)s resolved", len(resolved)))
    first = (firing or resolved)[0] if firing or resolved else None
    tail = f" – {_about(language, first)}" if first else ""
    return forms(language.code)["comma"].join(said) + tail


def _one(language: Language, notice: Announcement) -> str:
    state = language.gettext(phrases.SEVERITIES[notice.alert.severity])
    if notice.alert.state is AlertState.RESOLVED:
        state = language.gettext("resolved")
    elif notice.news == "reminder":
        state = language.gettext("reminder")
    return f"{state} – {_about(language, notice)}"


def _about(language: Language, notice: Announcement) -> str:
    return f"{name(language, notice)}{forms(language.code)['is']}{sentence(language, notice)}"
