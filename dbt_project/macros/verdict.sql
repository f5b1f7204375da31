{#- The verdict on a measured claim. It follows from the numbers alone: not identifiable
    without an estimate and its interval or where `is_identifiable` is false; supported
    when the whole interval lies on the claimed `side` (above or below) of the null value;
    not supported otherwise. A wing whose null is a distribution, and not a value, judges
    its claim itself and hands on `is_supported` instead of an interval. -#}
{% macro verdict(measured, side) -%}
    case
        when
            not coalesce({{ measured }}.is_identifiable, false)
            or {{ measured }}.estimate is null
            then 'not identifiable on this crawl'
        when {{ measured }}.is_supported then 'supported'
        when {{ measured }}.is_supported is not null then 'not supported'
        when {{ measured }}.interval_low is null or {{ measured }}.interval_high is null
            then 'not identifiable on this crawl'
        when
            {{ side }} = 'above'
            and {{ measured }}.interval_low > {{ measured }}.null_value
            then 'supported'
        when
            {{ side }} = 'below'
            and {{ measured }}.interval_high < {{ measured }}.null_value
            then 'supported'
        else 'not supported'
    end
{%- endmacro %}
