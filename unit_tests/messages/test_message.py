"""Messages: filled in, found by their beginnings, and written into the documentation."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType

from integration_tests import written_pages
from source_incontact.errors import RefusalError
from source_incontact.messages.message import Message, messages_of, refused

ALL = [one for module in written_pages.TOPICS.values() for one in messages_of(module)]


def test_placeholders_and_fields_of_the_form_are_filled_in() -> None:
    message = Message("{what} leads to {where:.0f}. Check {field:api_host}.", "")
    said = message.says(what="A {word}", where=1.2)
    assert said == "A {word} leads to 1. Check 'API host' (api_host)."


def test_a_value_that_is_not_given_costs_no_message() -> None:
    assert Message("Job {job} ended.", "").says() == "Job ... ended."


def test_an_error_is_of_the_class_and_the_kind_that_its_message_names() -> None:
    error = refused("The account may not read {report}.", "").error(report="agents")
    assert type(error) is RefusalError
    assert error.failure_type is FailureType.config_error
    assert error.message == error.internal_message == "The account may not read agents."


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("Job {job} ended as '{state}'.{words}", "Job ... ended as '...'"),
        ("Gave up; at last {reason}.{advice}", "Gave up; at last ..."),
        ("The API failed ({status}{words}). Wait.", "The API failed (...)"),
        ("in version 30.0 of it", "in version 30.0 of it"),
        ("{reason}. Run it again.", "... Run it again"),
    ],
)
def test_a_message_is_found_by_its_first_sentence(text: str, beginning: str) -> None:
    assert Message(text, "").beginning == beginning


def test_every_message_has_an_advice_and_a_row_of_its_own() -> None:
    rows = [(message.beginning, message.advice) for message in ALL]
    assert len(rows) == len(set(rows))
    assert all(advice for _, advice in rows)


@pytest.mark.parametrize("message", ALL, ids=lambda message: message.beginning[:40])
def test_every_text_can_be_filled_in(message: Message) -> None:
    assert "{" not in message.says()


@pytest.mark.parametrize(
    ("page", "written"),
    [
        (written_pages.TROUBLESHOOTING, written_pages.troubleshooting),
        (written_pages.LIMITS, written_pages.limits),
    ],
    ids=["messages", "bounds"],
)
def test_the_pages_are_as_make_catalog_writes_them(page: object, written: object) -> None:
    assert page.read_text("utf-8") == written()  # type: ignore[attr-defined, operator]
