"""Each line of the contract can fail, and says what to do."""

import re

import pytest

#: What is changed in a new plugin: file, old, new; the line that fails then, what it finds, and a word of the remedy.
DOCUMENT = [
    pytest.param("__init__.py", ', "示例指标（water）")', ")", "water.share: declared completely",
                 "no title in Chinese", "add", id="a title in two languages"),
    pytest.param("__init__.py", 'unit="%"', 'unit=""', "water.share: declared completely", "no unit", "add", id="unit"),
    pytest.param("__init__.py", 'licence="CC BY 4.0"', 'licence=""', "water-report: declared completely",
                 "no licence", "add", id="licence"),
    pytest.param("__init__.py", 'sources=("water-report",)', 'sources=("water-repot",)',
                 "its indicators have sources", "'water-repot'", "correct", id="a source that nobody declares"),
    pytest.param("__init__.py", 'Check("bounds")', 'Check("bound")', "its checks exist", "'bound'", "kind",
                 id="a check that does not exist"),
    pytest.param("figures.csv", "area=KAZ},2023", "area=Kazakhstan},2023",
                 "water-report: observations and claims are valid, labels from code lists", "area=Kazakhstan",
                 "correct", id="a label that is no code"),
    pytest.param("figures.csv", "water.share{area=KAZ},2023", '"water.share{area=KAZ,mode=road}",2023',
                 "water-report: observations and claims are valid, labels from code lists", "mode", "correct",
                 id="a dimension too many"),
    pytest.param("figures.csv", "2023,63.0,63.0", "2023,36.0,36.0", "a known value holds",
                 "is read as 36, and known to be 63.0", "compare", id="a wrong value"),
    pytest.param("__init__.py", 'Period.parse("2022"), Period.parse("2023")',
                 'Period.parse("2023"), Period.parse("2022")',
                 "it loads", "covers water.share from 2023 to 2022", "earlier period first", id="an empty coverage"),
    pytest.param("tests/known.csv", "{area=KAZ},2023", "{area=KAZ},2021", "a known value holds", "is not read at all",
                 "compare", id="a value that is not read"),
    pytest.param("__init__.py", "CARECMON_API = 1", "CARECMON_API = 2", "it loads", "version 2", "install",
                 id="another version of the interface"),
]  # fmt: skip

READER = [
    pytest.param("    content = json.loads(answer.body)\n",
                 "    import time\n    content = json.loads(answer.body)\n    time.time()\n",
                 "time.time()", "fetch", id="the clock"),
    pytest.param("    content = json.loads(answer.body)\n",
                 "    from datetime import date\n    content = json.loads(answer.body)\n    date.today()\n",
                 "datetime.today()", "fetch", id="today"),
    pytest.param("    content = json.loads(answer.body)\n",
                 "    import datetime as d\n    content = json.loads(answer.body)\n    d.datetime.now(d.UTC)\n",
                 "datetime.now()", "fetch", id="now"),
    pytest.param("    content = json.loads(answer.body)\n",
                 "    import socket\n    content = json.loads(answer.body)\n    socket.socket()\n",
                 "socket", "fetch", id="the network"),
    pytest.param("    content = json.loads(answer.body)\n",
                 "    import subprocess, sys\n    content = json.loads(answer.body)\n"
                 "    subprocess.run([sys.executable, '-c', ''])\n",
                 "subprocess", "fetch", id="another process"),
    pytest.param("    for number, row in enumerate(content[\"rows\"], start=1):\n",
                 "    for number, row in enumerate(sorted(content[\"rows\"], key=lambda r: hash(str(r))), start=1):\n",
                 "something else the second time", "no sets", id="the order of a set"),
    pytest.param("    for number, row in enumerate(content[\"rows\"], start=1):\n",
                 "    import random\n    for number, row in enumerate(random.sample(content[\"rows\"], 2), start=1):\n"
                 "        row = {**row, \"value\": row[\"value\"] + random.random() / 1e6}\n",
                 "something else the second time", "random", id="chance"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "found", "remedy"), DOCUMENT)
def test_a_declaration_or_figure_that_breaks_the_contract_is_named(
    bench, change, file, old, new, line, found, remedy
):  # fmt: skip
    folder = bench.new("water")
    change(folder / file, old, new)
    failed = bench.lines("water", code=1)
    assert [one for one in failed if one[0] == line and found in one[1] and remedy in one[2]], failed


@pytest.mark.parametrize(("old", "new", "found", "remedy"), READER)
def test_a_parse_that_is_not_pure_is_found_out(bench, change, old, new, found, remedy):
    folder = bench.new("water", "http-json")
    change(folder / "reader.py", old, new)
    failed = {line: (said, what_to_do) for line, said, what_to_do in bench.lines("water", code=1)}
    said, what_to_do = failed["water: parse is pure"]
    assert found in said and remedy in what_to_do


def test_a_plugin_whose_id_another_one_has_is_named(bench, change):
    bench.new("water")
    folder = bench.new("wells")
    change(folder / "__init__.py", 'id="wells.share"', 'id="water.share"')
    ((line, found, _),) = bench.lines("wells", code=1)
    assert line == "it loads" and "'water.share' is already declared by the plugin 'water'" in found


def test_a_cell_without_a_document_is_a_failure_and_one_without_a_place_a_remark(bench, change):
    folder = bench.new("water", "http-json")
    whole = 'Cell("values", f"row {number}", row["area"], str(row["year"]), str(row["value"]))'
    change(folder / "reader.py", whole, 'Cell("values")')
    done = bench.run("plugins", "test", "my-plugins/water")
    assert "2 of 2 say no more than the document, and are shown as not recorded" in done.stdout
    change(folder / "reader.py", 'Cell("values")', 'Cell("")')
    assert ("water: every number has a cell", "2 of 2 name no document") in [
        one[:2] for one in bench.lines("water", code=1)
    ]


def test_an_address_that_is_not_recorded_names_the_file_to_write(bench, change):
    folder = bench.new("water", "http-json")
    change(folder / "reader.py", '{"format": "json"}', '{"format": "json", "page": "1"}')
    ((line, found, _),) = bench.lines("water", code=1)
    assert line == "water: fetch gives raw answers"
    assert "https://api.example.org/water/values?format=json&page=1" in found
    assert re.search(r"tests/recorded/water/water-values-format-json-page-1-[0-9a-f]{8}\.json", found)


def test_a_parse_that_never_ends_is_ended(bench, change):
    folder = bench.new("water", "http-json")
    change(folder / "__init__.py", "    requests=1,\n", "    requests=1,\n    time_limit=0.2,\n")
    change(folder / "reader.py", "    content = json", "    while True:\n        pass\n    content = json")
    ((line, found, remedy),) = bench.lines("water", code=1)
    assert (line, found) == ("water: parse is pure", "reading the answers takes longer than 6.2 s")
    assert "time_limit" in remedy


def test_a_parse_that_needs_too_much_memory_is_named(bench, change):
    folder = bench.new("water", "http-json")
    change(folder / "__init__.py", "    requests=1,\n", "    requests=1,\n    memory_limit=90,\n")
    change(folder / "reader.py", "    content = json", "    waste = bytearray(120 << 20)\n    content = json")
    failed = {line: (found, remedy) for line, found, remedy in bench.lines("water", code=1)}
    found, remedy = failed["water: within its limits"]
    assert "of 90 MiB" in found and "memory_limit" in remedy


def test_a_plugin_without_recorded_answers_says_how_to_get_them(bench):
    import shutil

    folder = bench.new("water", "http-json")
    shutil.rmtree(folder / "tests" / "recorded")
    ((_, found, remedy),) = bench.lines("water", code=1)
    assert "no answer is recorded" in found and "carecmon plugins record" in remedy


def test_a_name_that_no_plugin_has_is_answered_with_near_ones(bench):
    said = bench.run("plugins", "test", "cpm", code=2).stderr
    assert "cpmm" in said and "carecmon plugins list" in said


def test_answers_of_one_fetch_that_take_back_what_the_others_state_are_named(bench, change):
    reader = bench.new("water", "http-json") / "reader.py"
    change(
        reader,
        '        yield Answer(reply.body, reply.url, covers=ALL, state={"etag": reply.etag})',
        '        for row in reply.json()["rows"]:\n'
        '            yield Answer(json.dumps({"rows": [row]}).encode(), reply.url, covers=ALL)',
    )
    ((line, found, remedy),) = bench.lines("water", code=1)
    assert line == "water: its answers do not withdraw each other"
    assert "water.share{area=KAZ} 2022" in found and "one answer" in remedy
    change(reader, ", covers=ALL)", ")")
    assert bench.lines("water") == []


def test_a_name_that_carecmon_does_not_have_is_answered_with_what_it_has(bench, change):
    change(bench.new("water", "http-json") / "reader.py", "Series, SourceError", "Series, SourceError, Status")
    ((line, found, remedy),) = bench.lines("water", code=1)
    assert line == "it loads" and "'Status'" in found
    assert "carecmon has ObservationStatus" in remedy


def test_one_of_several_answers_that_cannot_be_read_is_called_by_what_it_is(bench, change):
    reader = bench.new("water", "http-json") / "reader.py"
    change(
        reader,
        '        yield Answer(reply.body, reply.url, covers=ALL, state={"etag": reply.etag})',
        '        for row in reply.json()["rows"]:\n'
        '            yield Answer(json.dumps({"rows": [row]}).encode(), reply.url, covers=ALL, edition=EDITION)\n',
    )
    change(reader, "    content = json", '    raise SourceError("it is garbled")\n    content = json')
    for edition, called in (("2024-05", "answer 2024-05: "), ("", "answer http")):
        text = reader.read_text("utf-8")
        reader.write_text(text.replace("edition=EDITION", f'edition="{edition}"'), "utf-8")
        found = next(found for line, found, _ in bench.lines("water", code=1) if "valid" in line)
        reader.write_text(text, "utf-8")
        assert found.startswith(called) and "it is garbled" in found, found
