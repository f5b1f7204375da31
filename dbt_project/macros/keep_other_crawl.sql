{#- Stops a build that would replace the results of another crawl: the database holds real
    files, and none of them is in the crawl that is built now. Does nothing in a new
    database, over a synthetic crawl, in a build that grows, and where ADAPTATION_REPLACE is
    set. A build that grows says which files it reads anew. A pre-hook of `stg_crawl__files`, which every other model waits for, so that
    nothing is touched. -#}
{% macro keep_other_crawl() -%}
    {%- set built = adapter.get_relation(
        database=this.database, schema=this.schema, identifier=this.identifier
    ) if execute else none -%}
    {%- if built is not none and var("grow") -%}
        {%- set replaced -%}
            select
                built.source_file,
                sum(built.row_count) as row_count,
                sum(crawl._row_count::bigint) as new_row_count
            from {{ built }} as built
            inner join {{ source("crawl", "files") }} as crawl
                on
                    built.source_file = crawl._source_file
                    and built.entity = crawl._entity
            group by built.source_file
            order by built.source_file
        {%- endset -%}
        {%- for file in run_query(replaced).rows -%}
            {{ log(
                file["source_file"] ~ " was read before: its " ~ file["new_row_count"]
                ~ " rows replace the " ~ file["row_count"] ~ " of then.",
                info=true
            ) }}
        {%- endfor -%}
    {%- elif built is not none and not env_var("ADAPTATION_REPLACE", "") -%}
        {%- set crawl = source("crawl", "files") -%}
        select error(
            'This database holds the results of another crawl ('
            || string_agg(source_file, ', ' order by source_file)
            || '). Set ADAPTATION_REPLACE=1 to replace them, or ADAPTATION_DB to a new file.'
        )
        from (
            select distinct source_file
            from {{ built }}
            where not is_synthetic
            order by source_file
            limit 3
        )
        where
            not exists (
                select 1
                from {{ built }} as built
                inner join {{ crawl }} as crawl
                    on
                        built.source_file = crawl._source_file
                        and built.crawl_format = crawl._format
            )
        having count(*) > 0
    {%- endif -%}
{%- endmacro %}
