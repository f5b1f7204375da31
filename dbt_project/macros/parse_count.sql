{#- A platform count as a struct (value, low, high, is_censored, is_readable).

    Grammar: a number with at most one unit (千 k 1,000; 万 萬 w 10,000; m 1,000,000; 亿 億
    100,000,000) and at most one `+`, or as a spreadsheet rounds it (1.2E+04). `10+`,
    `100+`, `1千+` and `1万+` are bands: "at least", so the value is the lower bound and
    is_censored is true; each ends where the next band begins, `10+` at 100 where the file
    has the band `100+` (`has_hundreds`, an expression). A number with a unit is shown to
    one decimal, so its interval spans rounding and truncation. Empty text and the marks
    for a missing value (`is_missing_mark`) are null; a button label (赞 收藏 评论 分享) is
    the platform's zero. Anything else is not readable. -#}
{% macro parse_count(expression, has_hundreds="false") -%}
    {{ return(adapter.dispatch("parse_count", "adaptation")(expression, has_hundreds)) }}
{%- endmacro %}

{% macro default__parse_count(expression, has_hundreds) -%}
    list_transform(
        list_transform(
            list_transform(
                [replace({{ fold_text(strip_space(expression)) }}, ',', '')],
                lambda cell: {
                    'cell': cell,
                    'parts': regexp_extract(
                        cell,
                        '^([0-9]{1,10}(?:[.][0-9]+)?(?:e[+]0?[0-9])?)[ ]*'
                        || '(千|万|萬|亿|億|k|w|m)?[ ]*([+])?$',
                        ['digits', 'unit', 'plus']
                    )
                }
            ),
            lambda split: {
                'cell': split['cell'],
                'is_censored': coalesce(split['parts']['plus'] = '+', false),
                'unit': case
                    when split['parts']['unit'] in ('千', 'k') then 1000
                    when split['parts']['unit'] in ('万', '萬', 'w') then 10000
                    when split['parts']['unit'] = 'm' then 1000000
                    when split['parts']['unit'] in ('亿', '億') then 100000000
                    else 1
                end,
                'digits': nullif(split['parts']['digits'], '')::double
            }
        ),
        lambda read: {
            'value': case
                when read['digits'] is not null
                    then round(read['digits'] * read['unit'])::bigint
                when read['cell'] in ('赞', '收藏', '评论', '分享') then 0
            end,
            'low': case
                when read['digits'] is null
                    then if(read['cell'] in ('赞', '收藏', '评论', '分享'), 0, null)
                when read['unit'] > 1 and not read['is_censored']
                    then round(read['digits'] * read['unit'])::bigint - read['unit'] // 20
                else round(read['digits'] * read['unit'])::bigint
            end,
            'high': case
                when read['digits'] is null
                    then if(read['cell'] in ('赞', '收藏', '评论', '分享'), 0, null)
                when read['is_censored'] and read['digits'] * read['unit'] = 10
                    then if({{ has_hundreds }}, 99, 999)
                when read['is_censored'] and read['digits'] * read['unit'] = 100 then 999
                when read['is_censored'] and read['digits'] * read['unit'] = 1000 then 9999
                when read['is_censored'] then null
                when read['unit'] > 1
                    then round(read['digits'] * read['unit'])::bigint + read['unit'] // 10 - 1
                else round(read['digits'] * read['unit'])::bigint
            end,
            'is_censored': read['is_censored'],
            'is_readable': read['cell'] is null
            or read['digits'] is not null
            or {{ is_missing_mark("read['cell']") }}
            or read['cell'] in ('赞', '收藏', '评论', '分享')
        }
    )[1]
{%- endmacro %}
