{#- Rows of (column_name, rule, failing_where, failing_count): the rules of a relation
    that do not hold, found in one pass over it. `columns` and `meta` are those of the
    YAML: beside the rules of the columns (see `column_rules`), `grain` lists the columns
    of which no combination occurs twice (nulls count as a value where there are several),
    and `rules` the expressions that no row makes
    false, each alone or under a name. -#}
{% macro broken_rules(relation, columns, meta, checks_types=false) %}
    {%- set rules = [] -%}
    {%- for name, column in columns.items() -%}
        {%- for rule, failing in column_rules(name, column) -%}
            {%- do rules.append((name, rule, failing, none)) -%}
        {%- endfor -%}
        {%- if (column.config.meta if column.config else column.meta).get("unique") -%}
            {%- do rules.append((name, "unique", name ~ " occurs twice", [name])) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for rule in meta.get("rules", []) -%}
        {%- for name, expression in (rule if rule is mapping else {"rule": rule}).items() -%}
            {%- do rules.append((none, name, "not (" ~ expression ~ ")", none)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if meta.get("grain") -%}
        {%- do rules.append((none, "grain", meta["grain"] | join(", ") ~ " occurs twice", meta["grain"])) -%}
    {%- endif -%}
    with

    counted as (
        select
            {%- for _, _, failing, key in rules %}
            {%- if key %}
            count({{ "*" if key | length > 1 else key[0] }}) - count(distinct {{ key[0] if key | length == 1 else "(" ~ key | join(", ") ~ ")" }})
            {%- else %}
            count(*) filter (where {{ failing }})
            {%- endif %} as rule_{{ loop.index }},
            {%- endfor %}
            count(*) as row_count
        from {{ relation }}
    ),

    judged as (
        {%- for name, rule, failing, _ in rules %}
        select
            '{{ name or "" }}' as column_name,
            '{{ rule }}' as rule,
            '{{ failing | replace("'", "''") }}' as failing_where,
            rule_{{ loop.index }} as failing_count
        from counted
        union all
        {%- endfor %}
        {%- if checks_types %}
        select
            column_name,
            'type' as rule,
            concat(
                'declared ', coalesce(declared_type, 'nothing'),
                ', built ', coalesce(actual_type, 'nothing')
            ) as failing_where,
            1 as failing_count
        from ({{ compare_declared_types(relation, columns) }}) as types
        {%- else %}
        select '' as column_name, '' as rule, '' as failing_where, 0 as failing_count
        {%- endif %}
    )

    select *
    from judged
    where failing_count > 0
{% endmacro %}
