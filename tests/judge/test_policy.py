"""A policy survives being stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.errors import StoreError
from carecmon.judge.policy import from_json, to_json
from carecmon.model import (
    Condition,
    Correction,
    CorrectionAction,
    Hold,
    Period,
    Policy,
    Rule,
    Series,
    Severity,
    Target,
    TargetKind,
)

NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(max_size=8)
PERIOD = st.none() | st.sampled_from(["2010", "2023-Q2", "2017/2018", "2024-06-30"]).map(Period.parse)
LABELS = st.dictionaries(WORDS, WORDS, max_size=2)

TARGETS = st.builds(
    Target,
    st.sampled_from(TargetKind),
    st.booleans(),
    WORDS,
    select=LABELS,
    year=st.none() | st.integers(2000, 2100),
    value=NUMBER,
    change=NUMBER,
    rate=NUMBER,
    state=st.none() | WORDS,
    base_period=PERIOD,
    base_until=PERIOD,
    baseline=NUMBER,
    citation=st.none() | WORDS,
    rationale=st.none() | WORDS,
)
RULES = st.builds(
    Rule,
    WORDS,
    st.sampled_from(Condition),
    st.sampled_from(Severity),
    indicator=WORDS,
    sector=WORDS,
    select=LABELS,
    official=st.none() | st.booleans(),
    value=NUMBER,
    clear=NUMBER,
    hold=st.builds(Hold, st.integers(0, 9), st.integers(0, 9), st.floats(0, 1e9)),
    opt_in=st.booleans(),
)
CORRECTIONS = st.builds(
    Correction,
    st.just(Series.of("cpmm.swd", area="CAREC", mode="rail")),
    st.just(Period.parse("2021")),
    st.sampled_from(CorrectionAction),
    WORDS,
    WORDS,
    st.floats(allow_nan=False, allow_infinity=False),
    value=NUMBER,
    factor=NUMBER,
    source=st.none() | WORDS,
)
POLICIES = st.builds(
    Policy,
    targets=st.lists(TARGETS, max_size=3).map(tuple),
    rules=st.lists(RULES, max_size=3).map(tuple),
    methods=LABELS,
    prefer=st.dictionaries(WORDS, st.lists(WORDS, max_size=3).map(tuple), max_size=2),
    watched=st.lists(WORDS, max_size=3).map(tuple),
    versions=LABELS,
    corrections=st.lists(CORRECTIONS, max_size=2).map(tuple),
)


@given(policy=POLICIES)
def test_a_policy_comes_back_exactly(policy):
    assert from_json(to_json(policy)) == policy


@given(policy=POLICIES)
def test_equal_policies_are_equal_text(policy):
    text = to_json(policy)
    assert to_json(from_json(text)) == text


def test_what_is_default_is_left_out():
    assert to_json(Policy()) == "{}"
    assert to_json(Policy(watched=("cpmm.swd",))) == '{"watched":["cpmm.swd"]}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"rulez": []}', "unknown in a policy: rulez", id="an unknown key"),
        pytest.param(
            '{"targets": [{"kind": "wish", "official": true, "indicator": "*"}]}', "wish", id="an unknown kind"
        ),
        pytest.param("{", "cannot be read", id="cut off"),
        pytest.param("[1]", "cannot be read", id="not a policy at all"),
    ],
)
def test_a_policy_of_another_version_is_refused_with_what_to_do(text, reason):
    with pytest.raises(StoreError, match=reason) as caught:
        from_json(text)
    assert "update carecmon" in str(caught.value)
