{% test in_range(model, column_name, lowest=0, highest=none) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} < {{ lowest }}
{% if highest is not none %} or {{ column_name }} > {{ highest }}{% endif %}
{% endtest %}
