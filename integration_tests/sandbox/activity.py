"""What happened: counts and times per quarter hour, and their sums over windows.

A fact is a tuple of whole numbers (counts, and milliseconds for agents or seconds for skills), so
that the sum over any cut of a window is the same. Quarter hours are numbered from 1970 in UTC.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from integration_tests.sandbox.clock import QUARTER_MS, QUARTERS_PER_DAY, parse_instant
from integration_tests.sandbox.draw import WORD_SPAN, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from integration_tests.sandbox.world import World

FIRST_QUARTER = parse_instant("2015-01-01T00:00:00Z") // QUARTER_MS
"""Nothing happened before this quarter hour."""

_NIGHT_PERCENT = (20, 0, 0, 0, 0, 0, 30, 50)
_MORNING_PERCENT = (70, 90, 100, 100, 90, 90, 100, 100)
_EVENING_PERCENT = (100, 90, 80, 70, 60, 50, 40, 30)
_BUSY_PERCENT = _NIGHT_PERCENT + _MORNING_PERCENT + _EVENING_PERCENT
"""How busy each hour of the day is, UTC: from 01:00 to 06:00 there is nothing at all."""
_WEEKEND_DIVISOR = 3
_SHIFT_STARTS = (24, 36, 48, 57)
_SHIFT_QUARTERS = 38
_SATURDAY = 5

Span = tuple[int, int]
"""Quarter hours from the first, included, to the second, not included."""


class Work(NamedTuple):
    """What one agent did: counts, and times in milliseconds."""

    offered: int = 0
    inbound: int = 0
    inbound_time: int = 0
    inbound_talk: int = 0
    outbound: int = 0
    outbound_time: int = 0
    outbound_talk: int = 0
    consult: int = 0
    available: int = 0
    unavailable: int = 0
    acw: int = 0
    refused: int = 0
    login: int = 0


class Load(NamedTuple):
    """What one skill carried: counts, and times in whole seconds."""

    offered: int = 0
    handled: int = 0
    abandoned: int = 0
    queued: int = 0
    within: int = 0
    outside: int = 0
    talk: int = 0
    wrap: int = 0
    hold: int = 0
    in_queue: int = 0
    answer: int = 0
    dials: int = 0
    connects: int = 0
    right_party: int = 0


def weekday(quarter: int) -> int:
    """Day of the week in UTC, 0 for Monday; 1970 began on a Thursday."""
    return (quarter // QUARTERS_PER_DAY + 3) % 7


def busyness(quarter: int) -> float:
    """How busy a quarter hour is, 1 being the mean of the week: 0 at night, about 2 at noon."""
    percent = _BUSY_PERCENT[quarter % QUARTERS_PER_DAY // 4]
    divisor = _WEEKEND_DIVISOR if weekday(quarter) >= _SATURDAY else 1
    return percent / divisor / _MEAN_PERCENT


_MEAN_PERCENT = sum(_BUSY_PERCENT) / 24 * (5 + 2 / _WEEKEND_DIVISOR) / 7


def visible(start: int, end: int, now: int | None, hidden: Iterable[Span]) -> list[Span]:
    """The quarter hours of a window that have facts.

    Args:
        start: Start of the window, epoch milliseconds.
        end: End of the window, not included.
        now: Quarter hours that end after this have not happened; ``None`` for no such limit.
        hidden: Quarter hours taken from view.
    """
    last = end if now is None else min(end, now)
    spans = [(max(start // QUARTER_MS, FIRST_QUARTER), last // QUARTER_MS)]
    for low, high in hidden:
        spans = [
            part
            for first, stop in spans
            for part in ((first, min(stop, low)), (max(first, high), stop))
        ]
        spans = [(first, stop) for first, stop in spans if first < stop]
    return [(first, stop) for first, stop in spans if first < stop]


def work(world: World, agents: Iterable[int], spans: Sequence[Span]) -> Work:
    """What some agents did in some quarter hours, together."""
    parts = chain.from_iterable(_facts(_work_quarter, world, agent, spans) for agent in agents)
    return Work(*map(sum, zip(Work(), *parts, strict=True)))


def load(world: World, skill: int, spans: Sequence[Span]) -> Load:
    """What a skill carried in some quarter hours."""
    parts = _facts(_load_quarter, world, skill, spans)
    return Load(*map(sum, zip(Load(), *parts, strict=True)))


def _facts(
    of_quarter: Callable[[World, int, int], tuple[int, ...]],
    world: World,
    index: int,
    spans: Sequence[Span],
) -> Iterable[tuple[int, ...]]:
    """The facts of some quarter hours, whole days in one piece."""
    for first, stop in spans:
        quarter = first
        while quarter < stop:
            if quarter % QUARTERS_PER_DAY == 0 and quarter + QUARTERS_PER_DAY <= stop:
                yield _day(of_quarter, world, index, quarter // QUARTERS_PER_DAY)
                quarter += QUARTERS_PER_DAY
            else:
                yield of_quarter(world, index, quarter)
                quarter += 1


@lru_cache(maxsize=2**17)
def _day(
    of_quarter: Callable[[World, int, int], tuple[int, ...]], world: World, index: int, day: int
) -> tuple[int, ...]:
    first = day * QUARTERS_PER_DAY
    quarters = range(first, first + QUARTERS_PER_DAY)
    parts = (of_quarter(world, index, quarter) for quarter in quarters)
    return tuple(map(sum, zip(*parts, strict=True)))


@lru_cache(maxsize=2**16)
def _is_at_work(world: World, agent: int, shift_day: int) -> bool:
    """Whether an agent comes on a day: never if idle, seldom at weekends, at times ill."""
    if world.is_idle(agent):
        return False
    if (
        weekday(shift_day * QUARTERS_PER_DAY) >= _SATURDAY
        and (agent + shift_day) % _WEEKEND_DIVISOR
    ):
        return False
    return draw(world.seed, "leave", agent, shift_day)[0] % 20 != 0


_NO_WORK = Work()
_NO_LOAD = Load()


def _work_quarter(world: World, agent: int, quarter: int) -> Work:
    """One agent in one quarter hour; the parts of the login time add up to it."""
    start = _SHIFT_STARTS[world.team_of(agent) % len(_SHIFT_STARTS)] + agent // world.teams % 3
    shift_day, place = divmod(quarter - start, QUARTERS_PER_DAY)
    if place >= _SHIFT_QUARTERS or not _is_at_work(world, agent, shift_day):
        return _NO_WORK
    words = draw(world.seed, "work", agent, quarter)
    login = QUARTER_MS - (words[0] * 5 if place in {0, _SHIFT_QUARTERS - 1} else 0)
    inbound, outbound = words[1] % 5 if words[2] % 5 else 0, int(words[3] % 4 == 0)
    inbound_talk = inbound * (12_000 + words[4] % 60_000)
    outbound_talk = outbound * (9_000 + words[5] % 60_000)
    hold = inbound * (words[6] % 6_000)
    acw = (inbound + outbound) * (words[7] % 9_000)
    consult = words[8] % 30_000 if words[9] % 9 == 0 else 0
    rest = login - inbound_talk - outbound_talk - hold - acw - consult
    unavailable = rest * (words[10] % 50) // 100
    refused = int(inbound > 0 and words[11] % 8 == 0)
    return Work(
        offered=inbound + refused,
        inbound=inbound,
        inbound_time=inbound_talk + hold,
        inbound_talk=inbound_talk,
        outbound=outbound,
        outbound_time=outbound_talk,
        outbound_talk=outbound_talk,
        consult=consult,
        available=rest - unavailable,
        unavailable=unavailable,
        acw=acw,
        refused=refused,
        login=login,
    )


def _load_quarter(world: World, skill: int, quarter: int) -> Load:
    """One skill in one quarter hour."""
    busy = busyness(quarter)
    if not busy:
        return _NO_LOAD
    words = draw(world.seed, "load", skill, quarter)
    offered = int(words[0] / WORD_SPAN * (6 * busy + 1))
    abandoned = int(offered > 0 and words[1] % 7 == 0)
    handled = offered - abandoned
    queued = offered - (words[2] % (offered + 1)) // 2
    outside = int(handled > 0 and words[3] % 6 == 0)
    dials = words[4] % 12 if skill % 6 == 0 else 0
    connects = dials * (words[5] % 100) // 100
    return Load(
        offered=offered,
        handled=handled,
        abandoned=abandoned,
        queued=queued,
        within=handled - outside,
        outside=outside,
        talk=handled * (30 + words[6] % 400),
        wrap=handled * (words[7] % 60),
        hold=handled * (words[8] % 45),
        in_queue=queued * (words[9] % 90),
        answer=handled * (words[10] % 60),
        dials=dials,
        connects=connects,
        right_party=connects // 2,
    )
