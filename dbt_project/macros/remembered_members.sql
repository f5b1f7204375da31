{#- The members and lasting ids that the build before this one left in the table
    `group_members`: no rows in a new database. It is read by name and not by `ref`, as
    it is what the table holds before this build replaces it. -#}
{% macro remembered_members() -%}
    {%- set memory = adapter.get_relation(
        database=this.database, schema=this.schema, identifier="group_members"
    ) if execute else none -%}
    {%- if memory is not none -%}
        select
            group_kind,
            member_id,
            group_id,
            lasting_id
        from {{ memory }}
    {%- else -%}
        select
            null::varchar as group_kind,
            null::varchar as member_id,
            null::varchar as group_id,
            null::varchar as lasting_id
        where false
    {%- endif -%}
{%- endmacro %}
