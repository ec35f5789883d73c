"""LPI 2.0 by Data360 through `carecmon check`: real processes, a real store, a server of our own."""

import pytest

from tests.sources.live import check, history, releases, watch


class Tracked:
    """A Data360 that has the mean and the median of each economy; a test sets the means."""

    def __init__(self, server):
        self.server = server
        self.means = {("KAZ", "2023"): "7.5", ("KAZ", "2024"): "8.0", ("UZB", "2024"): "6.5", ("ECS", "2024"): "9.0"}
        server.add("/data", self.answer)

    def answer(self, asked):
        rows = [
            {"OBS_VALUE": value, "TIME_PERIOD": year, "REF_AREA": area, "INDICATOR": asked.query["INDICATOR"],
             "DATABASE_ID": asked.query["DATABASE_ID"], "UNIT_MEASURE": "D", "OBS_STATUS": "A", "UNIT_MULT": 0,
             "COMP_BREAKDOWN_1": statistic}
            for (area, year), mean in self.means.items()
            for statistic, value in (("WB_LPI_M", mean), ("WB_LPI_MD", "1.0"))
        ]  # fmt: skip
        return {"count": len(rows), "value": rows}


@pytest.fixture
def tracked(workspace, source_server):
    tracked = Tracked(source_server())
    watch(workspace, "lpi2.clearance-dwell", "data360", tracked.server)
    return tracked


def test_lpi_2_is_fetched_in_one_request_asked_again_and_revised(workspace, tracked):
    check(workspace)
    dwell = {one["period"]: one["value"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")}
    assert (len(tracked.server.requests), dwell) == (1, {"2023": 7.5, "2024": 8.0})
    check(workspace)
    assert (len(tracked.server.requests), releases(workspace, "data360")) == (2, 1)
    tracked.means["KAZ", "2024"] = "8.5"
    check(workspace)
    dwell = {one["period"]: one["value"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")}
    assert (len(tracked.server.requests), dwell) == (3, {"2023": 7.5, "2024": 8.5})
    done = workspace.run("db", "reparse", "data360")
    assert (done.returncode, "nothing differs" in done.stdout + done.stderr) == (0, True), done.stderr
    assert len(tracked.server.requests) == 3


def test_lpi_2_is_never_spliced_to_the_survey(workspace, tracked):
    check(workspace)
    assert {one["source"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")} == {"data360"}
    survey = workspace.run("history", "lpi.score{area=KAZ}", "--format", "json")
    assert "data360" not in survey.stdout


def test_an_error_of_data360_is_named_and_what_was_obtained_is_used(workspace, tracked):
    check(workspace)
    tracked.server.add("/data", {"statusCode": 500, "message": "Internal server error"}, status=500)
    _, messages = check(workspace)
    assert "source data360 failed" in messages and "it answers 500" in messages
    assert "using what was obtained on" in messages
