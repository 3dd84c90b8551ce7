{# All that differs between warehouses. DuckDB is tried by the tests; the others are not. #}

{# A field of the connector, as the destination spells it. #}
{% macro field(name) -%}
    {% if var('quote_fields') %}{{ adapter.quote(name) }}{% else %}{{ name | lower }}{% endif %}
{%- endmacro %}

{# An instant of the connector, on the clock of the form's time zone. #}
{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time', 'incontact')(instant)) }}
{%- endmacro %}

{% macro default__local_time(instant) -%}
    ({{ instant }} at time zone '{{ var("time_zone") }}')
{%- endmacro %}

{# PyAirbyte keeps instants in DuckDB in UTC, without saying so. #}
{% macro duckdb__local_time(instant) -%}
    ({{ instant }} at time zone 'UTC' at time zone '{{ var("time_zone") }}')
{%- endmacro %}

{% macro snowflake__local_time(instant) -%}
    convert_timezone('{{ var("time_zone") }}', {{ instant }})
{%- endmacro %}

{% macro bigquery__local_time(instant) -%}
    datetime({{ instant }}, '{{ var("time_zone") }}')
{%- endmacro %}

{# A number with decimals: an average of exact decimals would be rounded on the way. #}
{% macro number(value) -%}
    {{ return(adapter.dispatch('number', 'incontact')(value)) }}
{%- endmacro %}

{% macro default__number(value) -%} cast({{ value }} as double precision) {%- endmacro %}

{% macro bigquery__number(value) -%} cast({{ value }} as float64) {%- endmacro %}
