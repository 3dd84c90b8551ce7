select
    {{ field('dispositionId') }} as disposition_id,
    {{ field('dispositionName') }} as disposition_name,
    {{ field('classificationId') }} as classification_id,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'dispositions') }}
