{#- Lower case, and full-width forms of ASCII as ASCII. `translate` makes its table anew
    for every text, which costs ten times the rest: few texts need it. -#}
{% macro fold_text(expression) -%}
    lower(
        case
            when regexp_matches(
                {{ expression }},
                '[\x{3000}\x{FF03}\x{FF0B}\x{FF0E}\x{FF10}-\x{FF19}\x{FF20}-\x{FF3A}\x{FF41}-\x{FF5A}]'
            )
                then translate(
                    {{ expression }},
                    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＃＠＋．　',
                    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#@+. '
                )
            else {{ expression }}
        end
    )
{%- endmacro %}
