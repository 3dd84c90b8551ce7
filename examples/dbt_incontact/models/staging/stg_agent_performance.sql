-- An agent who changed teams can have two rows for a window, one under each team, if it was read
-- before and after the change. Sums would count both: the row that was read last holds.
with ranked as (
    select
        {{ field('agentId') }} as agent_id,
        {{ field('teamId') }} as team_id,
        {{ field('startDate') }} as started_at,
        {{ field('endDate') }} as ended_at,
        {{ field('totalHandled') }} as handled,
        {{ field('agentOffered') }} as offered,
        {{ field('refused') }} as refused,
        {{ number(field('totalTalkTime')) }} as talk_seconds,
        {{ number(field('totalAvgHandleTime')) }} as average_handle_seconds,
        {{ number(field('acwTime')) }} as after_call_seconds,
        {{ number(field('availableTime')) }} as available_seconds,
        {{ number(field('unavailableTime')) }} as unavailable_seconds,
        {{ number(field('loginTime')) }} as login_seconds,
        {{ number(field('occupancy')) }} as occupancy_percent,
        {{ newest([field('agentId'), field('startDate')]) }} as place
    from {{ source('incontact', 'agent_performance') }}
)

select
    agent_id,
    team_id,
    started_at,
    ended_at,
    handled,
    offered,
    refused,
    talk_seconds,
    average_handle_seconds,
    after_call_seconds,
    available_seconds,
    unavailable_seconds,
    login_seconds,
    occupancy_percent
from ranked
where place = 1
