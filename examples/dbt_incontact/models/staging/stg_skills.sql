select
    {{ field('skillId') }} as skill_id,
    {{ field('skillName') }} as skill_name,
    {{ field('mediaTypeName') }} as media_type_name,
    {{ field('campaignId') }} as campaign_id,
    {{ field('isOutbound') }} as is_outbound,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'skills') }}
