"""The page of ``report.py``: what the dbt models say, as HTML that needs no network.

Charts are drawn by Vega-Lite, whose JavaScript stands in the page.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

import altair as alt
import duckdb
import vl_convert

_HERE = Path(__file__)
_MOST_SKILLS, _MOST_AGENTS, _MOST_STATES, _MOST_DISPOSITIONS = 12, 30, 8, 15
_BAR_PIXELS = 22
_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"]
"""Okabe and Ito's, which people tell apart whatever colours they see."""
_WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        title: What it shows.
        note: How to read it.
        charts: Charts, each with a title.
    """

    title: str
    note: str
    charts: list[tuple[str, alt.Chart | alt.LayerChart]]


def ask(database: Path, query: str, limit: int | None = None) -> Rows:
    """The rows of a query as objects, dates as text; ``$limit`` stands for the limit."""
    with duckdb.connect(str(database), read_only=True) as connection:
        values = {} if limit is None else {"limit": limit}
        cursor = connection.execute(query, values)
        names = [column[0] for column in cursor.description or ()]
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def service_level(database: Path) -> Section:
    """A line for each skill, beside its goal."""
    rows = ask(
        database,
        """
        select skill_name, day, strftime(day, '%a %d %b %Y') as label,
            service_level_percent as level, service_level_goal_percent as goal,
            offered, within_sla, out_of_sla, speed_of_answer_seconds as answer
        from analytics.skill_day
        where not coalesce(is_outbound, false) and skill_id in (
            select skill_id from analytics.skill_day where not coalesce(is_outbound, false)
            group by skill_id order by sum(offered) desc limit $limit
        )
        order by skill_name, day
        """,
        _MOST_SKILLS,
    )
    charts: list[tuple[str, alt.Chart | alt.LayerChart]] = []
    for name in dict.fromkeys(row["skill_name"] for row in rows):
        of_skill = [row for row in rows if row["skill_name"] == name]
        base = alt.Chart(alt.Data(values=of_skill)).encode(
            x=alt.X(
                "day:T",
                title=None,
                # A date without a time is one in UTC, and elsewhere might be shown a day early.
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%d %b", tickCount=4),
            )
        )
        level = base.mark_line(point=True, color=_COLOURS[0]).encode(
            y=alt.Y("level:Q", title="percent", scale=alt.Scale(domain=[0, 100])),
            tooltip=[
                alt.Tooltip("label:N", title="day"),
                alt.Tooltip("level:Q", title="service level %", format=".1f"),
                alt.Tooltip("goal:Q", title="goal %", format=".0f"),
                alt.Tooltip("within_sla:Q", title="in time"),
                alt.Tooltip("out_of_sla:Q", title="late"),
                alt.Tooltip("offered:Q", title="offered"),
                alt.Tooltip("answer:Q", title="speed of answer, s", format=".0f"),
            ],
        )
        goal = base.mark_line(strokeDash=[5, 4], color=_COLOURS[5]).encode(y="goal:Q")
        charts.append((str(name), (goal + level).properties(height=130)))
    return Section(
        "Service level by skill and day",
        "The share of contacts served in time. The dashed line is the skill's goal.",
        charts,
    )


def by_hour(database: Path) -> Section:
    """Two heat maps over weekday and hour."""
    rows = ask(
        database,
        """
        select isodow(day) as weekday, hour, count(*) as offered,
            count(*) filter (is_abandoned) as abandoned,
            100.0 * count(*) filter (is_abandoned) / count(*) as share
        from analytics.contact where not coalesce(is_outbound, false)
        group by all order by all
        """,
    )
    for row in rows:
        row["weekday"] = _WEEKDAYS[row["weekday"] - 1]
    base = (
        alt.Chart(alt.Data(values=rows))
        .mark_rect()
        .encode(
            x=alt.X(
                "hour:O",
                title="hour",
                scale=alt.Scale(domain=list(range(24))),
                axis=alt.Axis(labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y("weekday:O", title=None, sort=_WEEKDAYS),
            tooltip=[
                alt.Tooltip("weekday:N"),
                alt.Tooltip("hour:O"),
                alt.Tooltip("offered:Q", title="offered"),
                alt.Tooltip("abandoned:Q", title="abandoned"),
                alt.Tooltip("share:Q", title="abandoned %", format=".1f"),
            ],
        )
        .properties(height=190)
    )
    legend = alt.Legend(orient="bottom", gradientLength=160)
    charts = [
        (title, base.encode(color=_shade(field, legend)))
        for title, field in (("Offered", "offered:Q"), ("Abandoned", "abandoned:Q"))
    ]
    return Section("Contacts by hour and weekday", "Inbound contacts, by when they began.", charts)


def _shade(field: str, legend: alt.Legend) -> alt.Color:
    return alt.Color(field, title="contacts", scale=alt.Scale(scheme="viridis"), legend=legend)


def handle_time(database: Path) -> Section:
    """Bars, the longest first."""
    rows = ask(
        database,
        """
        select agent_name, team_name, sum(handled)::bigint as handled,
            sum(average_handle_seconds * handled)
                / sum(handled) filter (average_handle_seconds is not null) as seconds,
            sum(login_seconds) / 3600 as hours,
            sum(occupancy_percent * login_seconds)
                / sum(login_seconds) filter (occupancy_percent is not null) as occupancy
        from analytics.agent_day
        group by agent_id, agent_name, team_name having sum(handled) > 0
        order by handled desc limit $limit
        """,
        _MOST_AGENTS,
    )
    chart = _bars(
        rows,
        "agent_name",
        "seconds",
        "seconds",
        [
            alt.Tooltip("agent_name:N", title="agent"),
            alt.Tooltip("team_name:N", title="team"),
            alt.Tooltip("seconds:Q", title="handle time, s", format=".1f"),
            alt.Tooltip("handled:Q", title="handled"),
            alt.Tooltip("hours:Q", title="logged in, h", format=".1f"),
            alt.Tooltip("occupancy:Q", title="occupancy %", format=".1f"),
        ],
    )
    note = "The average time of a contact, after-call work included."
    return Section("Handle time by agent", note, [("", chart)])


def states(database: Path) -> Section:
    """Stacked bars of hours."""
    rows = ask(
        database,
        """
        select agent_name, state_name || coalesce(': ' || unavailable_code_name, '') as state,
            sum(seconds) / 3600 as hours, sum(times)::bigint as times
        from analytics.agent_state_day group by all having sum(seconds) > 0 order by all
        """,
    )
    names = _largest(rows, "state", "hours", _MOST_STATES)
    agents = _largest(rows, "agent_name", "hours", _MOST_AGENTS)
    shown = [
        {**row, "state": row["state"] if row["state"] in names else "other"}
        for row in rows
        if row["agent_name"] in agents
    ]
    domain = names + ["other"] * any(row["state"] == "other" for row in shown)
    chart = (
        alt.Chart(alt.Data(values=shown))
        .mark_bar()
        .encode(
            x=alt.X("sum(hours):Q", title="hours"),
            y=alt.Y("agent_name:N", title=None, sort="-x"),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=domain, range=_COLOURS),
                legend=alt.Legend(orient="bottom", columns=2),
            ),
            tooltip=[
                alt.Tooltip("agent_name:N", title="agent"),
                alt.Tooltip("state:N"),
                alt.Tooltip("sum(hours):Q", title="hours", format=".2f"),
                alt.Tooltip("sum(times):Q", title="times"),
            ],
        )
        .properties(height=_BAR_PIXELS * len(agents))
    )
    return Section(
        "Time in state by agent",
        "A state counts for the day on which it began.",
        [("", chart)],
    )


def dispositions(database: Path) -> Section:
    """Bars, the most frequent first."""
    rows = ask(
        database,
        """
        select coalesce(nullif(trim(disposition_name), ''), 'no name, number ' || disposition_id)
                as disposition,
            sum(contacts)::bigint as contacts,
            sum(handle_seconds) / sum(contacts) as seconds
        from analytics.disposition_day group by all
        order by contacts desc limit $limit
        """,
        _MOST_DISPOSITIONS,
    )
    chart = _bars(
        rows,
        "disposition",
        "contacts",
        "contacts",
        [
            alt.Tooltip("disposition:N"),
            alt.Tooltip("contacts:Q", title="contacts"),
            alt.Tooltip("seconds:Q", title="handle time, s", format=".1f"),
        ],
    )
    note = "What agents chose first as the outcome of a contact."
    return Section("Dispositions", note, [("", chart)])


def _bars(rows: Rows, name: str, value: str, title: str, tooltip: list[alt.Tooltip]) -> alt.Chart:
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=_COLOURS[0])
        .encode(
            x=alt.X(f"{value}:Q", title=title),
            y=alt.Y(f"{name}:N", title=None, sort="-x"),
            tooltip=tooltip,
        )
        .properties(height=_BAR_PIXELS * len(rows))
    )


def _largest(rows: Rows, name: str, value: str, count: int) -> list[str]:
    """The names whose values add up to most; the last place is left for all others."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row[name]] = sums.get(row[name], 0.0) + row[value]
    ordered = sorted(sums, key=lambda one: -sums[one])
    return ordered if len(ordered) <= count else ordered[: count - 1]


def headline(database: Path) -> list[tuple[str, str]]:
    """The figures of the whole time, each with its name."""
    (row,) = ask(
        database,
        """
        select
            (select sum(offered) from analytics.skill_day where not coalesce(is_outbound, false))
                as offered,
            (select 100.0 * sum(within_sla) / nullif(sum(within_sla) + sum(out_of_sla), 0)
                from analytics.skill_day where not coalesce(is_outbound, false)) as level,
            (select 100.0 * sum(abandoned) / nullif(sum(offered), 0)
                from analytics.skill_day where not coalesce(is_outbound, false)) as abandoned,
            (select sum(average_handle_seconds * handled)
                / nullif(sum(handled) filter (average_handle_seconds is not null), 0)
                from analytics.agent_day) as seconds,
            (select count(distinct agent_id) from analytics.agent_day where login_seconds > 0)
                as agents
        """,
    )
    return [
        ("contacts offered", _shown(row["offered"], "{:,.0f}")),
        ("service level", _shown(row["level"], "{:.1f} %")),
        ("abandoned", _shown(row["abandoned"], "{:.1f} %")),
        ("handle time", _shown(row["seconds"], "{:.0f} s")),
        ("agents", _shown(row["agents"], "{:.0f}")),
    ]


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def page(database: Path, zone: str) -> str:
    """The page as HTML, with its data and its JavaScript inside."""
    (span,) = ask(database, "select min(day) as first, max(day) as last from analytics.skill_day")
    sections = [
        service_level(database),
        by_hour(database),
        handle_time(database),
        states(database),
        dispositions(database),
    ]
    shown = f"{span['first']} to {span['last']}, days and hours of {zone}"
    figures = "".join(
        f"<div><b>{html.escape(value)}</b><span>{html.escape(name)}</span></div>"
        for name, value in headline(database)
    )
    return Template(_HERE.with_suffix(".html").read_text("utf-8")).substitute(
        shown=html.escape(shown),
        figures=figures,
        sections="".join(_section(section) for section in sections),
        script=vl_convert.javascript_bundle(_HERE.with_suffix(".js").read_text("utf-8")).replace(
            "</script", "<\\/script"
        ),
    )


def _section(section: Section) -> str:
    charts = "".join(
        f"<figure><figcaption>{html.escape(title)}</figcaption>"
        f'<script type="application/json">{_spec(chart)}</script><div class="chart"></div></figure>'
        for title, chart in section.charts
    )
    empty = "" if section.charts else "<p>There are no rows for these days.</p>"
    kind = "wide" if len(section.charts) == 1 else "several"
    return (
        f"<section><h2>{html.escape(section.title)}</h2><p>{html.escape(section.note)}</p>"
        f'{empty}<div class="{kind}">{charts}</div></section>'
    )


def _spec(chart: alt.Chart | alt.LayerChart) -> str:
    spec = chart.properties(width="container").to_json(indent=None)
    return str(spec).replace("<", "\\u003c")
