{#- One row of `findings`. The verdict follows from the numbers alone: not identifiable
    without an estimate and its interval or where `is_identifiable` is false; supported
    when the whole interval lies on the claimed `side` (above or below) of the null value;
    not supported otherwise. A model that judges its own claim, because its null is a
    distribution and not a value, hands on `is_supported` instead of an interval. -#}
{% macro finding(
    finding_id, area, claimed_by, claim, metric, estimate, null_value, null_model, n,
    source_table, low="null", high="null", is_identifiable="true", is_supported=none,
    reason="null", side="above"
) -%}
    {{ finding_id }} as finding_id,
    '{{ area }}' as area,
    '{{ claimed_by }}' as claimed_by,
    {{ claim }} as claim,
    {{ metric }} as metric,
    ({{ estimate }})::double as estimate,
    ({{ low }})::double as interval_low,
    ({{ high }})::double as interval_high,
    ({{ null_value }})::double as null_value,
    '{{ null_model }}' as null_model,
    coalesce({{ n }}, 0)::bigint as n,
    case
        when not coalesce({{ is_identifiable }}, false) or ({{ estimate }}) is null
            then 'not identifiable on this crawl'
        {% if is_supported -%}
        when {{ is_supported }} then 'supported'
        {%- else -%}
        when ({{ low }}) is null or ({{ high }}) is null
            then 'not identifiable on this crawl'
        when {{ "(" ~ low ~ ") >" if side == "above" else "(" ~ high ~ ") <" }}
            ({{ null_value }})
            then 'supported'
        {%- endif %}
        else 'not supported'
    end as verdict,
    ({{ reason }})::varchar as reason,
    '{{ source_table }}' as source_table
{%- endmacro %}
