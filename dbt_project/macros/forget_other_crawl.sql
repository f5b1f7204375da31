{#- Empties a table of what earlier builds knew when they built another crawl: when nobody
    and nothing of `group_members`, as the build before left it, is in this crawl. Does
    nothing in a new database. A pre-hook of `group_drift`, so that its numbers begin
    anew and the groups of a former crawl are not said to have died. -#}
{% macro forget_other_crawl(table_name) -%}
    {%- set memory = adapter.get_relation(
        database=this.database, schema=this.schema, identifier="group_members"
    ) if execute else none -%}
    {%- set table = adapter.get_relation(
        database=this.database, schema=this.schema, identifier=table_name
    ) if execute else none -%}
    {%- set users, posts = ref("dim_users"), ref("fct_posts") -%}
    {%- if memory is not none and table is not none -%}
        delete from {{ table }}
        where
            exists (select 1 from {{ memory }})
            and not exists (
                select 1
                from {{ memory }}
                where
                    member_id in (select user_id from {{ users }})
                    or member_id in (select post_id from {{ posts }})
            )
    {%- endif -%}
{%- endmacro %}
