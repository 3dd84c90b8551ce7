"""The bounds of a survey: it waits for nothing beyond its deadline."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from source_incontact.survey.tenant import Tenant, UnreadableError

if TYPE_CHECKING:
    from pytest_mock import MockerFixture


def tenant(mocker: MockerFixture, seconds: float) -> Tenant:
    context = mocker.Mock()
    context.api.requests_sent = 0
    return Tenant(context, budget=60, deadline=time.monotonic() + seconds)


def test_what_does_not_end_in_time_is_left(mocker: MockerFixture) -> None:
    never = threading.Event()
    with pytest.raises(UnreadableError, match="the time is up"):
        tenant(mocker, 0.01).in_time(never.wait)
    never.set()


def test_nothing_is_asked_after_the_deadline(mocker: MockerFixture) -> None:
    ask = mocker.Mock()
    with pytest.raises(UnreadableError, match="the time is up"):
        tenant(mocker, -1).in_time(ask)
    ask.assert_not_called()
