"""A message of the connector: its text, what a person does about it, and which error it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_incontact.errors import ErrorT, RefusalError, error_of
from source_incontact.labels import form_field

if TYPE_CHECKING:
    from types import ModuleType

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_VARIES = "\0"
_SENTENCE_END = re.compile(rf"\.(?=[ {_VARIES}]|$)")


class _FormField:
    """``{field:api_host}`` in a text: a field of the form by its title."""

    def __format__(self, path: str) -> str:
        return form_field(path)


class _Unknown:
    """Stands for a value that is not known, in any format."""

    def __format__(self, _: str) -> str:
        return "..."


class _Values(dict[str, object]):
    """The values of the placeholders; one that is not known is no reason to fail."""

    def __missing__(self, _: str) -> object:
        return _Unknown()


@dataclass(frozen=True)
class Message:
    """A text with placeholders, and what is known of it.

    Attributes:
        text: ``{name}`` is filled in; ``{field:api_host}`` is a field of the form by its title.
        advice: What a person does about it, for docs/troubleshooting.md.
        failure: Whom the error concerns; of no meaning for reasons and lines of the log.
        kind: The class of the error.
    """

    text: str
    advice: str
    failure: FailureType = FailureType.transient_error
    kind: type[AirbyteTracedException] = AirbyteTracedException

    def says(self, **values: object) -> str:
        """The text with its placeholders filled in."""
        return self.text.format_map(_Values(values, field=_FormField()))

    def error(self, **values: object) -> AirbyteTracedException:
        """The error that says it."""
        return self.error_of(self.kind, **values)

    def error_of(self, kind: type[ErrorT], **values: object) -> ErrorT:
        """The same, of a class that is told apart further up."""
        return error_of(kind, self.says(**values), self.failure)

    @property
    def beginning(self) -> str:
        """What it is found by: its first sentence, ``...`` for what varies."""
        text = re.sub(f"{_VARIES}+", _VARIES, _PLACEHOLDER.sub(_VARIES, self.text))
        sentence = _SENTENCE_END.split(text)[0]
        shown = text.removesuffix(".") if sentence == _VARIES else sentence
        return re.sub(rf"{_VARIES}\.?", "...", shown)


def wrong_input(text: str, advice: str) -> Message:
    """An error that the user can correct in the form or the connection."""
    return Message(text, advice, FailureType.config_error)


def refused(text: str, advice: str) -> Message:
    """The same for a whole stream or account, so that nothing further is asked of it."""
    return Message(text, advice, FailureType.config_error, RefusalError)


def transient(text: str, advice: str) -> Message:
    """An error that a later sync may not meet."""
    return Message(text, advice)


def fault(text: str, advice: str) -> Message:
    """An error that is to be reported."""
    return Message(text, advice, FailureType.system_error)


def note(text: str, advice: str) -> Message:
    """A reason at the end of a message, or a line of the log."""
    return Message(text, advice)


def messages_of(module: ModuleType) -> list[Message]:
    """The messages that a module declares, in their order."""
    return [value for value in vars(module).values() if isinstance(value, Message)]
