-- A state counts for the day on which it began, also if it lasts beyond midnight; one that still
-- lasts has the duration so far.
with states as (
    select
        agent_id,
        cast({{ local_time('started_at') }} as date) as day,
        state_name,
        unavailable_code_id,
        count(*) as times,
        sum(seconds) as seconds
    from {{ ref('stg_agent_state_history') }}
    group by agent_id, cast({{ local_time('started_at') }} as date), state_name, unavailable_code_id
)

select
    states.agent_id,
    {{ full_name('agents.first_name', 'agents.last_name') }} as agent_name,
    states.day,
    states.state_name,
    states.unavailable_code_id,
    codes.unavailable_code_name,
    codes.is_after_call_work,
    states.times,
    states.seconds
from states
left join {{ ref('stg_agents') }} as agents on states.agent_id = agents.agent_id
left join {{ ref('stg_unavailable_codes') }} as codes
    on states.unavailable_code_id = codes.unavailable_code_id
