-- Contacts by their first disposition. One without a disposition has no row here.
select
    day,
    primary_disposition_id as disposition_id,
    max(primary_disposition_name) as disposition_name,
    count(*) as contacts,
    sum(handle_seconds) as handle_seconds
from {{ ref('contact') }}
where primary_disposition_id is not null
group by day, primary_disposition_id
