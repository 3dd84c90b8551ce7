select
    {{ field('teamId') }} as team_id,
    {{ field('teamName') }} as team_name,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'teams') }}
