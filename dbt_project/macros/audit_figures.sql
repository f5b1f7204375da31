{#- Turns one row of facts into one row per audited figure.

    `figures` is a list of (figure_id, reproduced number, reproduced text, corrected
    number, corrected text); the four are SQL expressions over the facts, "null" where
    this side has nothing to say. -#}
{% macro audit_figures(facts, figures) -%}
    {%- for figure_id, number, words, corrected_number, corrected_words in figures %}
    select
        '{{ figure_id }}' as figure_id,
        ({{ number }})::double as reproduced_number,
        ({{ words }})::varchar as reproduced_text,
        ({{ corrected_number }})::double as corrected_number,
        ({{ corrected_words }})::varchar as corrected_text
    from {{ facts }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
