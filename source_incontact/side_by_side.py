"""Questions asked all at once, with a bound on how long the answers are waited for."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.errors import error_context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_GLANCE_SECONDS = 0.2


@dataclass(frozen=True)
class Question:
    """Something to be asked of the API.

    Attributes:
        stream: Name of the stream that it is about.
        ask: Asks; returns something or raises.
        context: What is put before the message of an error.
    """

    stream: str
    ask: Callable[[], object]
    context: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of a question.

    Attributes:
        value: What was returned.
        error: What was raised instead.
    """

    value: object = None
    error: AirbyteTracedException | None = None


def ask_all(questions: Sequence[Question], deadline: float) -> dict[str, Answer]:
    """The answers by stream; a question that is not answered in time has none.

    Args:
        questions: What to ask, each on a thread of its own.
        deadline: `time.monotonic` seconds until which the answers are waited for.
    """
    answers: dict[str, Answer] = {}
    threads = [
        # Daemons: a server that never answers may not keep the process alive.
        threading.Thread(target=_ask, args=(question, answers), daemon=True)
        for question in questions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            thread.join(_GLANCE_SECONDS)
    return dict(answers)


def _ask(question: Question, answers: dict[str, Answer]) -> None:
    try:
        with error_context(question.context):
            answers[question.stream] = Answer(question.ask())
    except AirbyteTracedException as error:
        answers[question.stream] = Answer(error=error)
