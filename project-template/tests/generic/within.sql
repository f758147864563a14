{% test within(model, column_name, lowest, highest) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} < {{ lowest }}
   or {{ column_name }} > {{ highest }}

{% endtest %}
