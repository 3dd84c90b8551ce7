{# The place of a row among those of the same key, the one that was read last first. #}
{% macro newest(fields) -%}
    row_number() over (
        partition by {{ fields | map('trim') | join(', ') }} order by _airbyte_extracted_at desc
    )
{%- endmacro %}
