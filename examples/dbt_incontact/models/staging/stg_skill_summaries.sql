-- Left out: agentsAvailable, contactsActive, queueCount and the like. They tell how it was when the API
-- was asked, whatever the window.
select
    {{ field('skillId') }} as skill_id,
    {{ field('startDate') }} as started_at,
    {{ field('endDate') }} as ended_at,
    {{ field('isOutbound') }} as is_outbound,
    {{ field('contactsOffered') }} as offered,
    {{ field('contactsHandled') }} as handled,
    {{ field('abandonCount') }} as abandoned,
    {{ field('contactsQueued') }} as queued,
    {{ field('contactsWithinSLA') }} as within_sla,
    {{ field('contactsOutOfSLA') }} as out_of_sla,
    {{ number(field('serviceLevelGoal')) }} as service_level_goal_percent,
    {{ number(field('serviceLevelThreshold')) }} as service_level_threshold_seconds,
    {{ number(field('averageSpeedToAnswer')) }} as average_answer_seconds,
    {{ number(field('averageHandleTime')) }} as average_handle_seconds
from {{ source('incontact', 'skill_summaries') }}
