select
    {{ field('id') }} as unavailable_code_id,
    {{ field('name') }} as unavailable_code_name,
    {{ field('isACW') }} as is_after_call_work,
    {{ field('isActive') }} as is_active
from {{ source('incontact', 'unavailable_codes') }}
