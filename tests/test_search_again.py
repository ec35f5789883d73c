"""A search that somebody outran is made again, and counts like any other."""

from dataclasses import dataclass, field, replace

from carecmon.findings import Found, Search

FOUND = Found([], frozenset({"survey"}), frozenset(), {}, lambda series, point: None)


@dataclass
class Standing:
    """A store that says only which releases stand."""

    ids: list[int] = field(default_factory=list)

    def releases(self):
        return [Release(one) for one in self.ids]


@dataclass
class Release:
    id: int
    accepted: None = None
    rejected: None = None


def test_a_search_is_made_again_only_where_a_release_came_and_is_not_repeated_by_the_next_run():
    store, made = Standing(), []
    search = Search(FOUND, "mark", (), lambda: made.append(search.found) or replace(FOUND), store)
    search.renew()
    assert made == [] and search.mark == "mark"
    store.ids.append(1)
    search.renew()
    search.renew()
    assert len(made) == 1 and search.found == FOUND and search.mark == "mark"
    assert made[0] is not FOUND, "the old search is let go before the new one is made"


def test_a_search_in_which_a_check_failed_is_repeated_until_it_does_not():
    store = Standing([1])
    search = Search(replace(FOUND, failed={"survey": "no"}), "mark", (), lambda: FOUND, store)
    assert search.mark == ""
    search.renew()
    assert search.mark == "mark"
