{#- A cell that holds a value and no text, or a mask where it holds something else: the
    cells of a shifted row may be an id or somebody's words. `kind` is count, time, name
    (one word, else nothing) or place (a name, else nothing). -#}
{% macro protect_cell(expression, kind) -%}
    case
        {%- if kind == "count" %}
        when
            regexp_matches(
                {{ expression }},
                '^[0-9０-９.,eE]{0,14}[ ]*[千万萬亿億kKwWmM]?[ ]*[+＋]?$'
                || '|^[0-9.]{1,6}[eE][+][0-9]{1,2}$|^[ \t]*$'
            )
            and not regexp_matches({{ expression }}, '[0-9０-９]{11}')
            or lower({{ strip_space(expression) }}) in ('赞', '收藏', '评论', '分享')
            or {{ is_missing_mark("lower(" ~ strip_space(expression) ~ ")") }}
            then {{ expression }}
        when {{ expression }} is not null then '_'
        {%- elif kind == "time" %}
        when
            regexp_matches(
                {{ expression }},
                '^[ \t]*([1-4][0-9]{9}([0-9]{3})?([.][0-9]{1,6})?'
                || '|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ _T][0-9:]{4,8})?'
                || '|[0-9][.][0-9]{2,6}[eE][+]12|0?)[ \t]*$'
            )
            or {{ is_missing_mark("lower(" ~ strip_space(expression) ~ ")") }}
            then {{ expression }}
        when {{ expression }} is not null then '_'
        {%- elif kind == "name" %}
        when regexp_matches({{ expression }}, '^[\p{L}_]{1,20}$') then {{ expression }}
        {%- else %}
        when
            regexp_matches({{ expression }}, '^[\p{L}\p{M} .,’·()&-]{1,40}$')
            and not regexp_matches(
                {{ expression }}, '微信|薇信|[vV]信|[wW]e[cC]hat|\b[vVwW][xX]\b|[qQ]{2}'
            )
            and not {{ is_missing_mark("lower(" ~ strip_space(expression) ~ ")") }}
            then {{ expression }}
        {%- endif %}
    end
{%- endmacro %}
