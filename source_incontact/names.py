"""Stream names for the reports that the user names: pure text work, no network."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NAME = 63
"""The longest name of a table that every destination keeps whole: Postgres' limit."""

_HASH_DIGITS = 8
_SHOWN = 10


def slug(entry: str) -> str:
    """Lower-case ASCII letters and digits of an entry, anything between them one underscore.

    >>> slug("Überblick: Woche 1")
    'uberblick_woche_1'
    """
    return re.sub(r"[^a-z0-9]+", "_", _plain(entry))


def stream_names(prefix: str, entries: Iterable[str]) -> dict[str, str]:
    """The stream of each entry, an entry that stands twice once.

    A slug is used as it is only if no other entry has it and no letter or digit was lost on the
    way; otherwise a hash of the entry follows. So a stream never becomes another report when the
    list changes.

    >>> list(stream_names("r_", ["Talk", "日報", "A-B", "A B"]).values())
    ['r_talk', 'r___aabb91da', 'r_a_b_77101aaa', 'r_a_b_fea4c5ce']
    """
    known = list(dict.fromkeys(entries))
    slugs = Counter(slug(entry) for entry in known)
    return {
        entry: _with_hash(prefix + slug(entry), entry)
        if slugs[slug(entry)] > 1 or _loses(entry) or len(prefix + slug(entry)) > LONGEST_NAME
        else prefix + slug(entry)
        for entry in known
    }


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


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Ten of the known names at most, those that look most like the wanted one, in order.

    >>> nearest("Skils", ["Teams", "Skills"])
    ['Skills', 'Teams']
    """
    by_lower = {name.lower(): name for name in known}
    if len(by_lower) <= _SHOWN:
        return sorted(by_lower.values())
    near = difflib.get_close_matches(wanted.lower(), by_lower, n=_SHOWN, cutoff=0.0)
    return sorted(by_lower[name] for name in near)


def _plain(entry: str) -> str:
    decomposed = unicodedata.normalize("NFKD", entry).lower()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _loses(entry: str) -> bool:
    """Whether a letter or digit of the entry has no place in its slug."""
    return not slug(entry).strip("_") or any(c.isalnum() and not c.isascii() for c in _plain(entry))


def _with_hash(name: str, entry: str) -> str:
    digest = hashlib.sha256(entry.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return f"{name[: LONGEST_NAME - _HASH_DIGITS - 1]}_{digest}"


def _as_stored(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name.lower())
