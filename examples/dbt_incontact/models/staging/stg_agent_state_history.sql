select
    {{ field('agentId') }} as agent_id,
    {{ field('stateIndex') }} as state_index,
    {{ field('startDate') }} as started_at,
    {{ field('agentStateName') }} as state_name,
    nullif({{ field('outStateId') }}, 0) as unavailable_code_id,
    {{ field('outStateDescription') }} as unavailable_code_text,
    nullif({{ field('contactId') }}, 0) as contact_id,
    nullif({{ field('skillId') }}, 0) as skill_id,
    {{ number(field('duration')) }} as seconds
from {{ source('incontact', 'agent_state_history') }}
