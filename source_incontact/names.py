"""Stream names for the reports that the user names: pure text work, no network."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def slug(entry: str) -> str:
    """Lower-case ASCII letters and digits of an entry, anything between them one underscore.

    >>> slug("Überblick: Woche 1")
    'uberblick_woche_1'
    """
    plain = unicodedata.normalize("NFKD", entry).lower()
    without_accents = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", without_accents)


def unique_names(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names in order, each that was given before with the first free of ``_2``, ``_3``...

    >>> unique_names(["Talk", "Talk", "Talk_2"])
    ['Talk', 'Talk_2', 'Talk_2_2']
    """
    used = set(taken)
    counts: dict[str, int] = {}  # where the last search ended, or equal names would cost a square
    names = []
    for name in wanted:
        unique, count = name, counts.get(name, 1)
        while unique in used:
            count += 1
            unique = f"{name}_{count}"
        counts[name] = count
        used.add(unique)
        names.append(unique)
    return names
