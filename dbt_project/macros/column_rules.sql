{#- The rules of one column, as (rule, condition that finds the rows that break it).

    A rule is an entry of the column's `meta`:

    - `range: [low, high]`: the closed range of its values, either end may be null;
    - `values: [...]`: the values it may take;
    - `not_null: true`, `unique: true`;
    - `satisfies: expression`, or a list of them: true or null in every row;
    - `no_identifier: true`: no raw id, token, profile link or unmasked `@nickname`.

    A null breaks no rule but `not_null`. The name of a column is a rule too, unless a
    `range` says otherwise: `..._count` is not negative, `..._share` and `...p_value` lie
    between 0 and 1. No floating-point number is infinite or NaN. -#}
{% macro column_rules(name, column) %}
    {%- set meta = column.config.meta if column.config else column.meta -%}
    {%- set known = ["range", "values", "not_null", "unique", "satisfies", "no_identifier"] -%}
    {%- set rules = [] -%}
    {%- for key in meta if key not in known -%}
        {{ exceptions.raise_compiler_error("unknown rule " ~ key ~ " of column " ~ name) }}
    {%- endfor -%}
    {%- set is_number = column.data_type in ["tinyint", "smallint", "integer", "bigint", "hugeint", "double", "float"] -%}
    {%- if "range" in meta -%}
        {%- set low, high = meta["range"] -%}
    {%- elif is_number and name.endswith("_count") -%}
        {%- set low, high = 0, none -%}
    {%- elif is_number and (name.endswith("_share") or name.endswith("p_value")) -%}
        {%- set low, high = 0, 1 -%}
    {%- else -%}
        {%- set low, high = none, none -%}
    {%- endif -%}
    {%- if low is not none -%}
        {%- do rules.append(("range", name ~ " < " ~ low)) -%}
    {%- endif -%}
    {%- if high is not none -%}
        {%- do rules.append(("range", name ~ " > " ~ high)) -%}
    {%- endif -%}
    {%- if column.data_type in ["double", "float"] -%}
        {%- do rules.append(("finite", "not isfinite(" ~ name ~ ")")) -%}
    {%- endif -%}
    {%- if "values" in meta -%}
        {%- set listed = [] -%}
        {%- for value in meta["values"] -%}
            {%- do listed.append("'" ~ value | replace("'", "''") ~ "'" if value is string else value | string) -%}
        {%- endfor -%}
        {%- do rules.append(("values", name ~ " not in (" ~ listed | join(", ") ~ ")")) -%}
    {%- endif -%}
    {%- if meta.get("not_null") -%}
        {%- do rules.append(("not_null", name ~ " is null")) -%}
    {%- endif -%}
    {%- set expressions = meta.get("satisfies", []) -%}
    {%- for expression in ([expressions] if expressions is string else expressions) -%}
        {%- do rules.append(("satisfies", "not (" ~ expression ~ ")")) -%}
    {%- endfor -%}
    {%- if meta.get("no_identifier") -%}
        {%- do rules.append(("no_identifier", has_identifier(name))) -%}
    {%- endif -%}
    {{ return(rules) }}
{% endmacro %}
