-- A mean of means is no mean: averages are put together by what they are averages of, handled
-- contacts or log-in time. A row whose average is not known weighs nothing.
with windows as (
    select
        agent_id,
        cast({{ local_time('started_at') }} as date) as day,
        handled,
        offered,
        refused,
        talk_seconds,
        after_call_seconds,
        available_seconds,
        unavailable_seconds,
        login_seconds,
        case when average_handle_seconds is not null then handled end as handled_weight,
        average_handle_seconds * handled as handle_seconds,
        case when occupancy_percent is not null then login_seconds end as login_weight,
        occupancy_percent * login_seconds as occupancy_weighted
    from {{ ref('stg_agent_performance') }}
),

-- The vendor's report of agents has no time on hold; it is that of the contacts that began on the day.
held as (
    select agent_id, day, sum(hold_seconds) as hold_seconds
    from {{ ref('contact') }}
    where agent_id is not null
    group by agent_id, day
),

days as (
    select
        agent_id,
        day,
        sum(offered) as offered,
        sum(refused) as refused,
        sum(handled) as handled,
        sum(talk_seconds) as talk_seconds,
        sum(after_call_seconds) as after_call_seconds,
        sum(available_seconds) as available_seconds,
        sum(unavailable_seconds) as unavailable_seconds,
        sum(login_seconds) as login_seconds,
        sum(handle_seconds) / nullif(sum(handled_weight), 0) as average_handle_seconds,
        sum(occupancy_weighted) / nullif(sum(login_weight), 0) as occupancy_percent
    from windows
    group by agent_id, day
)

select
    days.agent_id,
    {{ full_name('agents.first_name', 'agents.last_name') }} as agent_name,
    teams.team_name,
    days.day,
    days.offered,
    days.refused,
    days.handled,
    days.talk_seconds,
    held.hold_seconds,
    days.after_call_seconds,
    days.available_seconds,
    days.unavailable_seconds,
    days.login_seconds,
    days.average_handle_seconds,
    days.occupancy_percent
from days
left join held on days.agent_id = held.agent_id and days.day = held.day
left join {{ ref('stg_agents') }} as agents on days.agent_id = agents.agent_id
left join {{ ref('stg_teams') }} as teams on agents.team_id = teams.team_id
