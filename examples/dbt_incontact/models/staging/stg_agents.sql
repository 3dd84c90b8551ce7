select
    {{ field('agentId') }} as agent_id,
    {{ field('firstName') }} as first_name,
    {{ field('lastName') }} as last_name,
    {{ field('teamId') }} as team_id,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'agents') }}
