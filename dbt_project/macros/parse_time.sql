{#- A written time as a struct: `utc` for epoch seconds or milliseconds, `local_time` for a
    wall-clock time whose zone is not written, `day_first_time` for the same with the day
    before the month (14/1/2025), `rounded_utc` for milliseconds as a spreadsheet shows
    them (1.73763E+12, within hours), and `is_readable`. Empty text and the crawlers' marks
    for a missing time are readable and null. A time outside 2000 to 2100 is not readable:
    whoever calculates with times that nobody judged yet must not overflow. -#}
{% macro parse_time(expression) -%}
    {{ return(adapter.dispatch("parse_time", "adaptation")(expression)) }}
{%- endmacro %}

{% macro default__parse_time(expression) -%}
    {%- set names = ["utc", "local_time", "day_first_time", "rounded_utc"] -%}
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
                'rounded_utc': case
                    when regexp_full_match(cell, '[0-9][.][0-9]{2,}[eE][+]12')
                        then make_timestamp((cell::double * 1000)::bigint)
                end,
                -- trying the formats costs ten times the rest: not on epochs
                'local_time': case
                    when regexp_matches(cell, '^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]')
                        then try_strptime(
                            cell,
                            [
                                '%m/%d/%Y %H:%M',
                                '%m/%d/%Y %H:%M:%S',
                                '%Y-%m-%d %H:%M:%S',
                                '%Y-%m-%d %H:%M',
                                '%Y-%m-%d_%H:%M:%S',
                                '%Y/%m/%d %H:%M:%S',
                                '%Y/%m/%d %H:%M',
                                '%d.%m.%Y %H:%M',
                                '%d.%m.%Y %H:%M:%S',
                                '%Y-%m-%d',
                                '%Y.%m.%d'
                            ]
                        )
                end,
                'day_first_time': case
                    when regexp_matches(cell, '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}')
                        then try_strptime(
                            cell, ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y']
                        )
                end
            }
        ),
        lambda read: {
            {%- for name in names %}
            '{{ name }}': case
                when
                    read['{{ name }}'] >= timestamp '2000-01-01'
                    and read['{{ name }}'] < timestamp '2100-01-01'
                    then read['{{ name }}']
            end,
            {%- endfor %}
            'is_readable': read['cell'] is null
            {%- for name in names %}
            or coalesce(
                read['{{ name }}'] >= timestamp '2000-01-01'
                and read['{{ name }}'] < timestamp '2100-01-01',
                false
            )
            {%- endfor %}
            or read['cell'] = '0'
            or {{ is_missing_mark("read['cell']") }}
        }
    )[1]
{%- endmacro %}
