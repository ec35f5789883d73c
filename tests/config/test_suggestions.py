"""A key that was meant is suggested."""

import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from carecmon import config
from carecmon.config import file, problems, references, values

TABLES = {
    "": (),
    '[indicators."x"]': ("indicators", "x"),
    '[sources."x"]': ("sources", "x"),
    "[[targets]]": ("targets", 0),
    "[[rules]]": ("rules", 0),
    "[people.x]": ("people", "x"),
    "[smtp]": ("smtp",),
    "[channels.x]": ("channels", "x"),
}
KEYS = [(head, key) for head, place in TABLES.items() for key in problems.known(place)]


def misspellings(word):
    """Draw ``word`` with one letter left out, doubled, or changed for its neighbour."""
    place = st.integers(0, len(word) - 2)
    return st.one_of(
        place.map(lambda i: word[:i] + word[i + 1 :]),
        place.map(lambda i: word[: i + 1] + word[i:]),
        place.map(lambda i: word[:i] + word[i + 1] + word[i] + word[i + 2 :]),
    )


@given(st.data())
def test_any_key_that_is_one_slip_from_a_real_one_gets_that_one_suggested(data):
    head, key = data.draw(st.sampled_from([(head, key) for head, key in KEYS if len(key) > 4]))
    slip = data.draw(misspellings(key))
    known = problems.known(TABLES[head])
    assume(slip not in known)
    raw = tomllib.loads(f"{head}\n{slip} = 1")
    lines = list(problems.sentences(_refusal(raw), raw))
    meant = (f'unknown key; did you mean "{key}"?', f"the environment variable that holds it with {key}")
    assert any(words in line for line in lines for words in meant), (slip, key, lines)


def _refusal(raw):
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as caught:
        file.File.model_validate(raw)
    return caught.value


@given(st.text(), st.lists(st.text(min_size=1), max_size=5))
def test_only_what_exists_is_ever_suggested(word, known):
    hint = values.near(word, known)
    assert hint == "" or hint in [f'; did you mean "{each}"?' for each in known]


def test_a_table_named_like_a_key_is_stepped_over():
    assert problems.known(("people", "email")) == problems.known(("people", "anybody"))
    assert "password_env" in problems.known(("smtp",))
    assert problems.known(("rules", 3, "for")) == ["observations", "evaluations", "time"]


def test_the_same_keys_stand_in_the_schema_for_editors():
    schema = config.schema()
    assert list(schema["properties"]) == problems.known(())
    assert list(schema["$defs"]["RuleTable"]["properties"]) == problems.known(("rules", 0))


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), st.times())
NAMES = st.one_of(st.sampled_from([key for _, key in KEYS]), st.text(max_size=6))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(problems.known(())), ANYTHING, max_size=4))
def test_whatever_stands_in_a_file_ends_in_sentences_never_in_a_crash(raw):
    from pydantic import ValidationError

    lines = list(references.problems(raw))
    try:
        file.File.model_validate(raw)
    except ValidationError as exc:
        found = list(problems.sentences(exc, raw))
        assert found
        lines += found
    assert all(line and "\n" not in line for line in lines)
