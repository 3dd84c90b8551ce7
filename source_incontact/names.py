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

    Names are the same if a destination may take them so: without regard to case, and with every
    character that is no letter or digit as an underscore.

    >>> unique_names(["Talk", "Talk", "TALK 2"])
    ['Talk', 'Talk_2', 'TALK 2_2']
    """
    used = {_as_stored(name) for name in taken}
    counts: dict[str, int] = {}  # where the last search ended, or equal names would cost a square
    names = []
    for name in wanted:
        stored = _as_stored(name)
        count = counts.get(stored, 1)
        while (f"{stored}_{count}" if count > 1 else stored) in used:
            count += 1
        counts[stored] = count
        used.add(f"{stored}_{count}" if count > 1 else stored)
        names.append(f"{name}_{count}" if count > 1 else name)
    return names


def _as_stored(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name.lower())
