{# First and last name, either of which may be missing. #}
{% macro full_name(first, last) -%}
    trim(coalesce({{ first }}, '') || ' ' || coalesce({{ last }}, ''))
{%- endmacro %}
