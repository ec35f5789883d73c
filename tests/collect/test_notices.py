"""What a reader remarks beside the figures reaches people, and nothing else."""

from carecmon.collect.reception import MOST_NOTICES


def test_a_notice_is_a_warning_of_the_answer_and_no_part_of_it(plugins):
    plugins.write("mine", "def parse(answer):\n    yield Notice('column b\\nis not used')\n    yield obs(1.0)\n")
    (result,) = plugins.collect()
    assert result.warnings == ("column b is not used",)
    assert [len(batch.rows) for batch in result.draft.batches] == [1]


def test_of_very_many_notices_the_first_are_shown(plugins):
    code = "def parse(answer):\n    yield obs(1.0)\n    yield from (Notice(f'row {n}') for n in range(1000))\n"
    plugins.write("mine", code)
    (result,) = plugins.collect()
    assert result.warnings == tuple(f"row {number}" for number in range(MOST_NOTICES))


def test_in_process_gives_the_same(plugins):
    plugins.write("mine", "def parse(answer):\n    yield Notice('a remark')\n    yield obs(1.0)\n")
    (result,) = plugins.collect(in_process=True)
    assert result.warnings == ("a remark",)
