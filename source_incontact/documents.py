"""The files of the command line: read once, whatever they are and whoever wrote them."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any


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
