"""Files that sources publish at an address, from a server of our own."""

import gzip

import pytest
from carecmon_plugins.cpmm_data import DATA
from carecmon_plugins.ember import EMBER
from carecmon_plugins.imf import TABLE

from carecmon.model import Answer, Fault, NotModified, SourceError

COUNTRIES, POINTS = "/CPMM_Country_Indicators.csv", "/CPMM_BCP_Indicators.csv"
LONG = "/yearly_full_release_long_format.csv"
COUNTRY_ROWS = "country_code,transport_mode,year,tfi4_overall_average\nREG,road,2022,23.4\n"
POINT_ROWS = "country_code,transport_mode,bcp_name,year,tfi1_inbound_average\nKAZ,rail,Dostyk,2022,76.0\n"
EMBER_ROWS = (
    "Area,ISO 3 code,Year,Category,Subcategory,Variable,Unit,Value\n"
    "Kazakhstan,KAZ,2023,Electricity generation,Aggregate fuel,Renewables,%,11.5\n"
)


@pytest.fixture
def server(source_server):
    return source_server()


@pytest.fixture
def cpmm(server):
    server.add(COUNTRIES, COUNTRY_ROWS, content_type="text/csv", etag='"c1"')
    server.add(POINTS, POINT_ROWS, content_type="text/csv", etag='"p1"')
    return server


def values(source, answer):
    return {str(item.series): item.value for item in source.parse(answer) if hasattr(item, "status")}


def test_a_full_fetch_of_cpmm_is_two_requests_and_one_answer(cpmm, source_client):
    (answer,) = DATA.fetch(source_client(DATA, cpmm.url), {})
    assert sorted(asked.path for asked in cpmm.requests) == [POINTS, COUNTRIES]
    assert len(cpmm.requests) == DATA.requests
    assert values(DATA, answer) == {
        "cpmm.swd{area=CAREC,mode=road}": 23.4,
        "cpmm.bcp-time{area=bcp-dostyk,direction=inbound,mode=rail}": 76.0,
    }


def test_where_nothing_changed_two_requests_bring_no_body(cpmm, source_client):
    client = source_client(DATA, cpmm.url)
    (first,) = DATA.fetch(client, {})
    assert list(DATA.fetch(client, first.state)) == [NotModified(cpmm.url)]
    assert {asked.headers.get("if-none-match") for asked in cpmm.requests[2:]} == {'"c1"', '"p1"'}


def test_a_signed_address_is_asked_for_again_and_stands_neither_in_the_state_nor_in_the_name_of_the_file(
    server, source_client
):
    table = "ISO3,Indicator,2023\n"
    server.add("/t.csv", table, content_type="text/csv", etag='"t"', query={"sig": "hushhush"})
    client = source_client(TABLE, f"{server.url}/t.csv?sig=hushhush")
    (first,) = TABLE.fetch(client, {})
    assert list(first.body) == ["t.csv"] and "hush" not in str(first.state)
    assert [type(one) for one in TABLE.fetch(client, first.state)] == [NotModified]


def test_where_one_file_changed_the_answer_is_whole_again(cpmm, source_client):
    client = source_client(DATA, cpmm.url)
    (first,) = DATA.fetch(client, {})
    cpmm.add(POINTS, POINT_ROWS.replace("76.0", "60.0"), content_type="text/csv", etag='"p2"')
    (second,) = DATA.fetch(client, first.state)
    assert len(cpmm.requests) == 5
    assert sorted(values(DATA, second).values()) == [23.4, 60.0]
    assert list(DATA.fetch(client, second.state)) == [NotModified(cpmm.url)]


def test_a_server_without_validators_is_asked_in_full_and_gives_the_same_answer(server, source_client):
    server.add(LONG, EMBER_ROWS, content_type="text/csv")
    client = source_client(EMBER, server.url)
    (first,) = EMBER.fetch(client, {})
    (second,) = EMBER.fetch(client, first.state)
    assert isinstance(second, Answer) and second.body == first.body


def test_ember_is_one_request_and_one_without_a_body_when_nothing_changed(server, source_client):
    server.add(LONG, EMBER_ROWS, content_type="text/csv", last_modified="Mon, 02 Nov 2026 08:00:00 GMT", gzip=True)
    client = source_client(EMBER, server.url)
    (answer,) = EMBER.fetch(client, {})
    assert values(EMBER, answer) == {"energy.renewable-share{area=KAZ}": 11.5}
    assert answer.url == f"{server.url}{LONG}"
    assert list(EMBER.fetch(client, answer.state)) == [NotModified(server.url)]
    assert len(server.requests) == 2


def test_a_file_as_large_as_embers_comes_whole(server, source_client):
    """43 MB as published; the row that is wanted stands at the end."""
    heading, row = EMBER_ROWS.encode().splitlines(keepends=True)
    others = row.replace(b"Kazakhstan,KAZ", b"Germany,DEU")
    content = heading + others * ((43 << 20) // len(others)) + row
    server.add(LONG, content, content_type="text/csv")
    (answer,) = EMBER.fetch(source_client(EMBER, server.url), {})
    (body,) = answer.body.values()
    assert len(body) == len(content) > 42 << 20
    assert values(EMBER, answer) == {"energy.renewable-share{area=KAZ}": 11.5}


def test_the_table_of_the_imf_is_fetched_from_the_address_in_the_settings(server, source_client):
    table = "ISO3,Indicator,Unit,F2022\nKAZ,Exports of low carbon technology products,US Dollars,1000000\n"
    server.add("/tables/lct.csv", table, content_type="text/csv")
    (answer,) = TABLE.fetch(source_client(TABLE, f"{server.url}/tables/lct.csv"), {})
    assert list(answer.body) == ["lct.csv"]
    assert list(values(TABLE, answer).values()) == [1.0]


def test_without_an_address_the_error_says_where_to_write_it(source_client):
    with pytest.raises(SourceError, match=r"write it as base_url .* or hand over") as caught:
        list(TABLE.fetch(source_client(TABLE, ""), {}))
    assert caught.value.kind is Fault.BAD_REQUEST


BAD = {
    "a web page": dict(body="<html>moved</html>", content_type="text/html"),
    "nothing there": dict(body="gone", status=404, content_type="text/plain"),
    "half of it": dict(body=EMBER_ROWS * 50, content_type="text/csv", cut=300),
    "half of the packed form": dict(raw=gzip.compress(EMBER_ROWS.encode())[:40], content_type="text/csv",
                                    headers={"Content-Encoding": "gzip"}),
}  # fmt: skip


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_no_answer_comes_of(server, source_client, answer):
    server.add(LONG, **answer)
    with pytest.raises(SourceError):
        list(EMBER.fetch(source_client(EMBER, server.url), {}))
