"""Real rows of the vendor: exactly which records they become."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from source_incontact.records import Normaliser
from source_incontact.streams import DATED_REPORTS
from unit_tests.test_schemas import SCHEMAS, every_schema, lists


def real(stream: str) -> Normaliser:
    """The normaliser as the stream itself makes it."""
    renames = next(
        (getattr(one, "renames", {}) for one in DATED_REPORTS if one.stream_name() == stream), {}
    )
    options = lists().get(stream, {})
    return Normaliser(
        stream,
        SCHEMAS[stream],
        renames={**renames, **options.get("renames", {})},
        credentials=options.get("credentials", ()),
    )


TEAM_ROW = {
    "teamId": "2472302",
    "agentOffered": "54",
    "inboundHandled": "68",
    "inboundTime": "PT5H48M1.139S",
    "inboundAvgTalkTime": "PT5M16.976S",
    "totalAvgHandled": "15",
    "refused": "11",
    "percentRefused": "20.37",
    "loginTime": "P1DT19H18M29.651S",
    "workingRate": "80.17",
    "occupancy": "36.81",
}
TEAM_RECORD = {
    "teamId": 2472302,
    "agentOffered": 54,
    "inboundHandled": 68,
    "inboundTime": 20881.139,
    "inboundAvgTalkTime": 316.976,
    "totalAvgHandled": 15,
    "refused": 11,
    "percentRefused": 20.37,
    "loginTime": 155909.651,
    "workingRate": 80.17,
    "occupancy": 36.81,
}
SKILL_ROW = {
    "businessUnitId": "459957",
    "agentsLoggedIn": "24",
    "averageHandleTime": "101",
    "averageInqueueTime": "1944",
    "holdTime": "976",
    "isOutbound": "True",
    "mediaTypeName": "Phone Call",
    "serviceLevel": "100",
    "serviceLevelThreshold": "28800",
    "connectsAHT": "0.11",
    "totalContactTime": "214308",
}
SKILL_RECORD = {
    "businessUnitId": 459957,
    "agentsLoggedIn": 24,
    "averageHandleTime": 101.0,
    "averageInqueueTime": 1944.0,
    "holdTime": 976.0,
    "isOutbound": True,
    "mediaTypeName": "Phone Call",
    "serviceLevel": 100.0,
    "serviceLevelThreshold": 28800,
    "connectsAHT": 0.11,
    "totalContactTime": 214308.0,
}
CONTACT_2016 = {
    "contactId": "2789879875",
    "abandoned": "False",
    "ACWSeconds": "187",
    "contactStart": "2016-09-13T16:29:31.443Z",
    "lastUpdateTime": "2016-09-13T16:34:25.990Z",
    "dateContactWarehoused": "2016-09-13T16:35:13.497Z",
    "dateACWWarehoused": "2016-09-13T16:40:13.430Z",
    "mediaType": "4",
    "refuseTime": "",
    "routingTime": "12706",
    "state": "EndContact",
    "stateId": "18",
    "confSeconds": "0",
    "fromAddr": "5551230000",
    "toAddr": "",
}
CONTACT_RECORD = {
    "contactId": 2789879875,
    "abandoned": False,
    "acwSeconds": 187.0,
    "contactStartDate": "2016-09-13T16:29:31.443Z",
    "lastUpdateTime": "2016-09-13T16:34:25.990Z",
    "dateContactWarehoused": "2016-09-13T16:35:13.497Z",
    "dateACWWarehoused": "2016-09-13T16:40:13.430Z",
    "mediaTypeId": 4,
    "refuseTime": "",
    "routingTime": 12706.0,
    "stateName": "EndContact",
    "stateId": 18,
    "conferenceSeconds": 0.0,
    "fromAddress": "5551230000",
    "toAddress": "",
}
AGENT_2015 = {
    "BusinessUnitId": 9999999,
    "AgentId": 999999,
    "IsActive": True,
    "ReportToId": None,
    "LastLogin": None,
    "LastModified": "2015-08-18T19:03:46.21Z",
    "ApiKey": "a-credential",
}
AGENT_RECORD = {
    "businessUnitId": 9999999,
    "agentId": 999999,
    "isActive": True,
    "reportToId": None,
    "lastLogin": None,
    "LastModified": "2015-08-18T19:03:46.21Z",
}
SKILL_2015 = {
    "SkillId": "999999",
    "MediaTypeId": "4",
    "MediaTypeName": "Phone Call",
    "IsActive": "True",
}
SKILL_2015_RECORD = {
    "skillId": 999999,
    "mediaTypeId": 4,
    "mediaTypeName": "Phone Call",
    "isActive": True,
}
CAMPAIGN_V33 = {"id": 7, "name": "Spring", "isActive": "True", "divisionId": ""}
CAMPAIGN_RECORD = {"campaignId": 7, "campaignName": "Spring", "isActive": True, "divisionId": None}


@pytest.mark.parametrize(
    ("stream", "row", "record"),
    [
        pytest.param("team_performance_totals", TEAM_ROW, TEAM_RECORD, id="team, v21"),
        pytest.param("skill_summaries", SKILL_ROW, SKILL_RECORD, id="skill, v21"),
        pytest.param("contacts", CONTACT_2016, CONTACT_RECORD, id="contact, 2016"),
        pytest.param("agents", AGENT_2015, AGENT_RECORD, id="agent, 2015"),
        pytest.param("skills", SKILL_2015, SKILL_2015_RECORD, id="skill, 2015"),
        pytest.param("campaigns", CAMPAIGN_V33, CAMPAIGN_RECORD, id="campaign, v33"),
    ],
)
def test_a_real_row_becomes_exactly_this_record_and_fits_the_schema(
    stream: str, row: dict[str, Any], record: dict[str, Any]
) -> None:
    got = real(stream)(row)
    assert got == record
    assert {name: type(field) for name, field in got.items()} == {
        name: type(field) for name, field in record.items()
    }
    Draft7Validator(SCHEMAS[stream], format_checker=FormatChecker()).validate(got)


def test_a_contact_with_old_and_new_names_keeps_both_values_where_they_differ() -> None:
    row = {"contactStart": "2016-01-01T00:00:00Z", "contactStartDate": "2016-01-02T00:00:00Z"}
    assert real("contacts")(row) == row
    assert real("contacts")({"mediaType": "4", "mediaTypeId": "4"}) == {"mediaTypeId": 4}


@every_schema
def test_an_empty_cell_is_null_in_every_field_but_plain_text(stream: str) -> None:
    properties = SCHEMAS[stream]["properties"]
    record = real(stream)(dict.fromkeys(properties, ""))
    plain = {
        name
        for name, prop in properties.items()
        if "string" in prop["type"] and prop.get("format") is None
    }
    assert {name for name, field in record.items() if field == ""} == plain
    assert {name for name, field in record.items() if field is None} == set(properties) - plain
