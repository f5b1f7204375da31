{#- What finds a messenger account or a telephone number in a text, as an expression for
    `regexp_replace` with the options `gi`; its groups are what stays of it, the words
    before a handle and the sign before a number.
    A handle is named by a separator (`vx: abc`), or has a digit or an underscore (微信
    abc_1). Numbers are mobile numbers of China, and those written with a `+` or as in
    North America. -#}
{% macro contact_pattern() -%}
    '((?:微信|薇信|威信|维信|[vｖ]信|weixin|wechat|\b[vw]x|扣扣|\bqq|小红书号|红薯号|\bred ?id'
    || '|telegram|whatsapp|snapchat|instagram|\bins|\bline id)(?:号|群|id)?)'
    || '(?:[ ]*(?:[:：=]|是|为)[ ]*[a-z0-9_][a-z0-9_.+-]{3,}'
    || '|[ ]*[a-z0-9-]*[0-9_][a-z0-9_-]{3,}|[ ]*[a-z0-9_-]{4,}[0-9_])'
    || '|(^|[^0-9.])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}\b'
    || '|\+[0-9]{1,3}[- .]?\(?[0-9]{2,4}\)?(?:[- .]?[0-9]{2,4}){2,3}\b'
    || '|\b\(?[0-9]{3}\)?[- .][0-9]{3}[- .][0-9]{4}\b'
{%- endmacro %}
