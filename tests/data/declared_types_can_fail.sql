-- The comparison behind `declared_types`, on a declaration that is right and on one that
-- has a wrong type, an unknown column and a missing one.
{% set relation = ref("dim_users") -%}
{%- set right = {} -%}
{%- if execute -%}
    {%- do right.update(graph.nodes["model." ~ project_name ~ ".dim_users"].columns) -%}
{%- endif -%}
{%- set wrong = dict(right) -%}
{%- do wrong.update({"post_count": {"data_type": "varchar"}, "unknown": {"data_type": "bigint"}}) -%}
{%- do wrong.pop("comment_count", none) %}
with

cases as (
    select
        'right' as check_name,
        0 as expected_count,
        (select count(*) from ({{ compare_declared_types(relation, right) }}) as failing)
            as found_count
    union all
    select
        'wrong' as check_name,
        3 as expected_count,
        (select count(*) from ({{ compare_declared_types(relation, wrong) }}) as failing)
            as found_count
)

select *
from cases
where expected_count <> found_count
