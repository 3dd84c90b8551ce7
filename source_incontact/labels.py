"""The form's fields as a person knows them: by their title, with the key behind it."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_SPEC = Path(__file__).with_name("spec.json")


def form_field(path: str) -> str:
    """A field of the form, such as ``'Start date' (details.date.start_date)``.

    Args:
        path: The keys from the top of the config, with dots between; a place in a list is a
            number. A path that the form does not have stays as it is.
    """
    title = _title(path)
    return f"'{title}' ({path})" if title else f"'{path}'"


@cache
def _title(path: str) -> str:
    nodes = [_form()]
    for key in path.split("."):
        if key.isdigit():
            continue  # an entry of a list has the title of its list
        nodes = [found for node in nodes for found in _children(node, key)]
    return str(nodes[0]["title"]) if nodes else ""


def _children(node: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The properties of a key, in each of the choices where there are some."""
    variants = [node, *node.get("oneOf", ())]
    return [
        variant["properties"][key] for variant in variants if key in variant.get("properties", {})
    ]


@lru_cache(maxsize=1)
def _form() -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(_SPEC.read_text(encoding="utf-8"))
    form: dict[str, Any] = spec["connectionSpecification"]
    return form
