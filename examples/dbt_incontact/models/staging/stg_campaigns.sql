select
    {{ field('campaignId') }} as campaign_id,
    {{ field('campaignName') }} as campaign_name,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'campaigns') }}
