-- Every kind of rule that a column or a table can state, on a case it must pass and one
-- it must fail. Each case is (rule, broken rules expected, broken rules found).
{% set table = "(select * from (values (1, 'a', 0.5), (2, 'a', 0.5), (3, 'b', null)) as t (x, y, z))" -%}
{%- set named = "(select 2 as seen_share, -1 as post_count, 1.5 as p_value)" -%}
{%- set dirty = "(select unnest(['see 6784c2120000000008000001', '?xsec_token=AB', 'thanks @someone', 'mail a@b.c']) as y)" -%}
{%- set clean = "(select '_mail_, @ all, @#tag, @_ and 0123456789abcdef' as y)" -%}
{%- set checks = [
    ("range passes", 0, table, "x", "integer", {"range": [1, 3]}),
    ("range fails below", 1, table, "x", "integer", {"range": [2, none]}),
    ("range fails above", 1, table, "x", "integer", {"range": [none, 2]}),
    ("range passes null", 0, table, "z", "double", {"range": [0, 1]}),
    ("values pass", 0, table, "y", "varchar", {"values": ["a", "b"]}),
    ("values fail", 1, table, "y", "varchar", {"values": ["a", "it's"]}),
    ("values fail on numbers", 1, table, "x", "integer", {"values": [1, 2]}),
    ("not_null passes", 0, table, "x", "integer", {"not_null": true}),
    ("not_null fails", 1, table, "z", "double", {"not_null": true}),
    ("unique passes", 0, table, "x", "integer", {"unique": true}),
    ("unique fails", 1, table, "y", "varchar", {"unique": true}),
    ("unique passes nulls", 0, "(select unnest([null, null, 1]) as x)", "x", "integer", {"unique": true}),
    ("satisfies passes", 0, table, "x", "integer", {"satisfies": "x > 0"}),
    ("satisfies fails", 1, table, "x", "integer", {"satisfies": "x > 2"}),
    ("satisfies fails twice", 2, table, "x", "integer", {"satisfies": ["x > 2", "y = 'a'"]}),
    ("no_identifier passes", 0, clean, "y", "varchar", {"no_identifier": true}),
    ("no_identifier fails", 1, dirty, "y", "varchar", {"no_identifier": true}),
    ("the name count fails", 1, named, "post_count", "integer", {}),
    ("the name count yields to a range", 0, named, "post_count", "integer", {"range": [-1, none]}),
    ("the name share fails", 1, named, "seen_share", "integer", {}),
    ("the name p_value fails", 1, named, "p_value", "double", {}),
    ("a text has no range by name", 0, "(select 'x' as post_count)", "post_count", "varchar", {}),
    ("finite fails on nan", 1, "(select 'nan'::double as x)", "x", "double", {}),
    ("finite fails on infinity", 1, "(select 'inf'::double as x)", "x", "double", {}),
    ("grain passes", 0, table, none, none, {"grain": ["x", "y"]}),
    ("grain fails", 1, table, none, none, {"grain": ["y"]}),
    ("grain fails on two columns", 1, table, none, none, {"grain": ["y", "z"]}),
    ("grain counts nulls", 1, "(select unnest([null, null]) as x, 1 as y)", none, none, {"grain": ["x", "y"]}),
    ("rules pass", 0, table, none, none, {"rules": ["x > 0", {"named": "y <> 'c'"}]}),
    ("rules fail", 2, table, none, none, {"rules": ["x > 1", {"named": "y <> 'a'"}]}),
] %}
with

cases as (
    {% for name, expected, rows, column, data_type, meta in checks -%}
    {%- set columns = {column: {"meta": meta, "data_type": data_type}} if column else {} %}
    select
        '{{ name }}' as check_name,
        {{ expected }} as expected_count,
        (
            select count(*)
            from ({{ broken_rules(rows, columns, {} if column else meta) }}) as broken
        ) as found_count
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from cases
where expected_count <> found_count
