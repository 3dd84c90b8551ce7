-- One row per contact, with the names that its numbers stand for. A contact that still goes on has
-- no durations yet, and is_abandoned is unknown.
select
    contacts.contact_id,
    contacts.master_contact_id,
    contacts.started_at,
    cast({{ local_time('contacts.started_at') }} as date) as day,
    extract(hour from {{ local_time('contacts.started_at') }}) as hour,
    contacts.is_outbound,
    contacts.media_type_name,
    contacts.agent_id,
    {{ full_name('agents.first_name', 'agents.last_name') }} as agent_name,
    contacts.team_id,
    teams.team_name,
    contacts.skill_id,
    skills.skill_name,
    contacts.campaign_id,
    campaigns.campaign_name,
    contacts.primary_disposition_id,
    dispositions.disposition_name as primary_disposition_name,
    contacts.secondary_disposition_id,
    contacts.duration_seconds is not null as has_ended,
    contacts.duration_seconds,
    contacts.queue_seconds,
    contacts.agent_seconds + contacts.after_call_seconds as handle_seconds,
    contacts.hold_seconds,
    contacts.after_call_seconds,
    contacts.is_abandoned,
    contacts.is_short_abandon
from {{ ref('stg_contacts') }} as contacts
left join {{ ref('stg_agents') }} as agents on contacts.agent_id = agents.agent_id
left join {{ ref('stg_teams') }} as teams on contacts.team_id = teams.team_id
left join {{ ref('stg_skills') }} as skills on contacts.skill_id = skills.skill_id
left join {{ ref('stg_campaigns') }} as campaigns on contacts.campaign_id = campaigns.campaign_id
left join {{ ref('stg_dispositions') }} as dispositions
    on contacts.primary_disposition_id = dispositions.disposition_id
