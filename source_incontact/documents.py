"""The files of the command line: read once, whatever they are and whoever wrote them."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from source_incontact.messages.form import FILE_NOT_TEXT, FILE_UNREADABLE, FILE_UNUSABLE

if TYPE_CHECKING:
    from collections.abc import Callable

_WANTED = {
    "config": "an object with the form's fields",
    "catalog": "a configured catalog of the Airbyte protocol",
    "state": "a list of state messages of the Airbyte protocol",
}
T = TypeVar("T")


def load(path: str) -> Any:
    """The JSON of a file, a copy at every call.

    The CDK asks for each file more than once, and a pipe gives its content only once. The text is
    UTF-8, 16 or 32, with or without a byte order mark, whatever the locale says.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no JSON, or in another encoding.
    """
    return copy.deepcopy(_load(path))


@cache
def _load(path: str) -> Any:
    return json.loads(Path(path).read_bytes())


def read(path: str, name: str, reader: Callable[[str], T]) -> T:
    """What the file given with ``--name`` holds.

    Args:
        path: Where it lies.
        name: The option: ``config``, ``catalog`` or ``state``.
        reader: Reads it.

    Raises:
        AirbyteTracedException: It cannot be read, or is something else (``config_error``).
    """
    try:
        return reader(path)
    except OSError as error:
        raise FILE_UNREADABLE.error(option=name, reason=error.strerror) from None
    except UnicodeDecodeError:
        raise FILE_NOT_TEXT.error(option=name) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FILE_UNUSABLE.error(option=name, wanted=_WANTED[name]) from None
