{#- Compares the key of the pseudonyms with that of the build before. One that is lost or
    changed stops a build that grows, in which the same person would be two; a build of all
    files says that pseudonyms are other ones now. Does nothing in a new database. A
    pre-hook of `stg_crawl__files`, which every other model waits for. -#}
{% macro keep_key() -%}
    {%- set built = adapter.get_relation(
        database=this.database, schema=this.schema, identifier=this.identifier
    ) if execute else none -%}
    {%- set known = [] if built is none
        else adapter.get_columns_in_relation(built) | map(attribute="name") | list -%}
    {%- if "key_fingerprint" in known -%}
        {%- set changed = run_query(
            "select 1 from " ~ built ~ " where key_fingerprint <> "
            ~ key_fingerprint() ~ " limit 1"
        ).rows | length > 0 -%}
        {%- if changed and var("grow") -%}
            {%- set file = env_var("ADAPTATION_DB", "adaptation.duckdb") ~ ".key" -%}
            select error(
                'The key of the pseudonyms is not that of the build before: put it back '
                || 'into {{ file | replace("'", "''") }} or ADAPTATION_PSEUDONYM_KEY, or '
                || 'build all files anew, without grow, with the key that is there now.'
            )
        {%- elif changed -%}
            {{ log(
                "The key of the pseudonyms is not that of the build before: every user, "
                ~ "post and comment has another pseudonym now.",
                info=true
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
