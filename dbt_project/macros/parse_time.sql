{#- A written time as a struct (utc, local_time, is_readable): `utc` for epoch seconds or
    milliseconds, `local_time` for a wall-clock time whose zone is not written. Empty text
    and the crawlers' marks for a missing time are readable and null. -#}
{% macro parse_time(expression) -%}
    {{ return(adapter.dispatch("parse_time", "adaptation")(expression)) }}
{%- endmacro %}

{% macro default__parse_time(expression) -%}
    list_transform(
        list_transform(
            [{{ strip_space(expression) }}],
            lambda cell: {
                'cell': lower(cell),
                'utc': case
                    when regexp_full_match(cell, '[0-9]{13}')
                        then make_timestamp(cell::bigint * 1000)
                    when regexp_full_match(cell, '[0-9]{10}([.][0-9]+)?')
                        then make_timestamp(split_part(cell, '.', 1)::bigint * 1000000)
                end,
                -- trying the formats costs ten times the rest: not on epochs
                'local_time': case when regexp_matches(cell, '[-/]') then try_strptime(
                    cell,
                    [
                        '%m/%d/%Y %H:%M',
                        '%m/%d/%Y %H:%M:%S',
                        '%Y-%m-%d %H:%M:%S',
                        '%Y-%m-%d %H:%M',
                        '%Y-%m-%d_%H:%M:%S',
                        '%Y/%m/%d %H:%M:%S',
                        '%Y/%m/%d %H:%M',
                        '%Y-%m-%d'
                    ]
                ) end
            }
        ),
        lambda read: {
            'utc': read['utc'],
            'local_time': read['local_time'],
            'is_readable': read['cell'] is null
            or read['utc'] is not null
            or read['local_time'] is not null
            or read['cell'] = '0'
            or {{ is_missing_mark("read['cell']") }}
        }
    )[1]
{%- endmacro %}
