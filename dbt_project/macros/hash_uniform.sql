{#- A number in (0, 1) that is the same for the same seed and parts on every machine: the
    first 32 bits of an md5. -#}
{% macro hash_uniform(parts) -%}
    (
        ('0x' || substr(md5(concat_ws(':', {{ var("seed") }}, {{ parts | join(", ") }})), 1, 8))::bigint
        + 0.5
    ) / 4294967296
{%- endmacro %}
