"""The files of the command line: read once, whatever they are and whoever wrote them."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from source_incontact.errors import config_error

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
        message = f"The file given with --{name} cannot be read: {error.strerror}."
        raise config_error(message) from None
    except UnicodeDecodeError:
        message = f"The file given with --{name} is not UTF-8 text. Save it as UTF-8."
        raise config_error(message) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        message = f"The file given with --{name} cannot be used: it must hold {_WANTED[name]}."
        raise config_error(message) from None
