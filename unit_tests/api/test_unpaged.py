"""Reports that are not known to come in pages."""

from __future__ import annotations

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.api.paging import read_unpaged
from source_incontact.api.reading_pass import Page
from unit_tests.api.paged_server import Server, reading, rows_of


@pytest.mark.parametrize(
    ("server", "asked"),
    [
        pytest.param(Server(list(range(7)), cap=9, total=None), [0], id="one response"),
        pytest.param(Server(list(range(100)), cap=200, total=None), [0, 100], id="a round number"),
        pytest.param(Server(list(range(8)), cap=5), [0, 0, 4, 0, 4], id="a count"),
    ],
)
def test_an_unpaged_report_asks_for_more_only_where_there_may_be_more(
    server: Server, asked: list[int]
) -> None:
    got = [row["id"] for page in read_unpaged(reading(server)) for row in page]
    assert sorted(got) == server.passes[0]
    assert server.asked == asked


@pytest.mark.parametrize("rows", [150, 1001, 20_000])
def test_an_unpaged_report_that_is_capped_after_all_is_read_by_pages(rows: int) -> None:
    server = Server(list(range(rows)), cap=min(10_000, rows // 3), total=None)
    if server.cap % 10 and server.cap % 25:
        server.cap = 100
    assert [row["id"] for page in read_unpaged(reading(server)) for row in page] == list(
        range(rows)
    )


def test_as_many_rows_as_the_api_gives_at_most_prove_nothing_where_skip_is_ignored() -> None:
    page = Page(rows_of(*range(10_000)))
    with pytest.raises(AirbyteTracedException, match="as many as the API gives at most"):
        list(read_unpaged(reading(lambda _: page)))
    page = Page(rows_of(*range(1_000)))
    assert [len(rows) for rows in read_unpaged(reading(lambda _: page))] == [1_000]
