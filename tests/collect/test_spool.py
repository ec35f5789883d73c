from hypothesis import given
from hypothesis import strategies as st

import carecmon.collect.spool
from carecmon.collect.spool import Sorter

KEYS = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([(), (("x", "1"),), (("x", "2"),)]))


def settle(key, rows, cells):
    pairs = sorted(zip(rows, cells or [None] * len(rows), strict=True), key=lambda pair: pair[0][0])
    cells = [cell for _, cell in pairs]
    return [row for row, _ in pairs], cells if any(cells) else []


@given(
    st.lists(st.tuples(KEYS, st.integers(0, 500)), unique=True, max_size=60),
    st.integers(1, 10),
    st.sampled_from([1, 1 << 20]),
)
def test_rows_in_any_order_come_out_sorted_and_whole(rows, in_memory, limit):
    before = carecmon.collect.spool.ROWS_IN_MEMORY
    carecmon.collect.spool.ROWS_IN_MEMORY = in_memory
    try:
        sorter = Sorter(settle, limit)
        expected = {}
        for (indicator, labels), period in rows:
            cell = (indicator, "l", "r", "c", str(period), None, None, None) if period % 2 else None
            sorter.add((indicator, labels), [(period, float(period), 0, None)], [cell])
            expected.setdefault((indicator, labels), []).append(period)
        spool = sorter.finish()
    finally:
        carecmon.collect.spool.ROWS_IN_MEMORY = before
    found = [((batch.series.indicator, batch.series.labels), [row[0] for row in batch.rows]) for batch in spool]
    assert found == sorted((key, sorted(periods)) for key, periods in expected.items())
    assert (spool.rows, len(spool)) == (len(rows), len(expected))
    for batch in spool:
        raws = [cell and cell.raw for cell in batch.cells] or [None] * len(batch.rows)
        assert raws == [str(row[0]) if row[0] % 2 else None for row in batch.rows]
