-- Agent and team 0 mean that nobody took the contact.
select
    {{ field('contactId') }} as contact_id,
    {{ field('masterContactId') }} as master_contact_id,
    {{ field('contactStartDate') }} as started_at,
    {{ field('lastUpdateTime') }} as updated_at,
    {{ field('isOutbound') }} as is_outbound,
    {{ field('isActive') }} as is_active,
    {{ field('stateName') }} as state_name,
    {{ field('mediaTypeName') }} as media_type_name,
    nullif({{ field('agentId') }}, 0) as agent_id,
    nullif({{ field('teamId') }}, 0) as team_id,
    nullif({{ field('skillId') }}, 0) as skill_id,
    nullif({{ field('campaignId') }}, 0) as campaign_id,
    nullif({{ field('primaryDispositionId') }}, 0) as primary_disposition_id,
    nullif({{ field('secondaryDispositionId') }}, 0) as secondary_disposition_id,
    {{ number(field('inQueueSeconds')) }} as queue_seconds,
    {{ number(field('agentSeconds')) }} as agent_seconds,
    {{ number(field('acwSeconds')) }} as after_call_seconds,
    {{ number(field('holdSeconds')) }} as hold_seconds,
    {{ number(field('totalDurationSeconds')) }} as duration_seconds,
    {{ field('abandoned') }} as is_abandoned,
    {{ field('isShortAbandon') }} as is_short_abandon
from {{ source('incontact', 'contacts') }}
