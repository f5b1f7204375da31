{#- Lower case, and full-width forms of ASCII as ASCII. -#}
{% macro fold_text(expression) -%}
    lower(
        translate(
            {{ expression }},
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＃＠＋．　',
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#@+. '
        )
    )
{%- endmacro %}
