{#- The last step of reading rows: ids become pseudonyms, after the creation time in
    an id has been taken out; texts and hashtags are masked (protect_text); names, avatars
    and tokens are not selected at all.

    `relation` has `id_raw` and `user_id_raw` (lower-case text or null), the columns named
    in `keep`, which cannot hold a text, and those of `cells`, by what kind of value each
    holds (protect_cell); `reference_ids` are further id columns (`x_raw` becomes `x`), `texts`
    are columns of text and `text_lists` of lists of texts. A user known only by the crawler's
    own hash (16 hex digits, sha256 of the id) meets the user known by id, because the
    id is hashed the same way first. In a record that
    could not be read a value may stand in any column, so none is handed on; nor is any of
    a person who is to be forgotten (`adaptation forget`), not even an id. The second in
    which an account was registered is the third of its id, and nearly its own: it is kept
    to the hour. -#}
{% macro protect_ids(relation, entity, cells, keep=[], texts=[], text_lists=[], reference_ids=[]) %}
    with

    hashed as (
        select
            *,
            {{ pseudonym(
                "case when regexp_full_match(user_id_raw, '[0-9a-f]{24}')
                    then substr(sha256(user_id_raw), 1, 16) else user_id_raw end"
            ) }} as user_pseudonym
        from {{ relation }}
    ),

    -- who is to be forgotten; nobody where the variable is not set
    known as (
        select
            * exclude (id_raw, user_id_raw, user_pseudonym, read_problem),
            if(is_forgotten, null, id_raw) as id_raw,
            if(is_forgotten, null, user_id_raw) as user_id_raw,
            if(is_forgotten, null, user_pseudonym) as user_id,
            if(is_forgotten, '{"code": "row_forgotten"}', read_problem) as read_problem
        from (
            select
                *,
                coalesce(
                    list_contains(
                        getvariable('forgotten_users')::varchar[], user_pseudonym
                    ),
                    false
                ) as is_forgotten
            from hashed
        )
    )

    select
        source_file,
        row_number,
        crawl_format,
        {{ pseudonym("id_raw") }} as {{ entity }}_id,
        user_id,
        {%- for column in reference_ids %}
        {{ pseudonym("if(is_forgotten, null, " ~ column ~ "_raw)") }} as {{ column }},
        {%- endfor %}
        coalesce(regexp_full_match(id_raw, '[0-9a-f]{24}'), false)
            as is_{{ entity }}_id_valid,
        coalesce(regexp_full_match(user_id_raw, '[0-9a-f]{24}|[0-9a-f]{16}'), false)
            as is_user_id_valid,
        {{ id_created_at("id_raw") }} as {{ entity }}_id_created_at,
        date_trunc('hour', {{ id_created_at("user_id_raw") }}) as account_created_at,
        {%- for column in texts %}
        case when read_problem is null then {{ protect_text(column) }} end
            as {{ column }},
        {%- endfor %}
        {%- for column in text_lists %}
        case when read_problem is null then
            list_transform({{ column }}, lambda item: {{ protect_text("item") }})
        end as {{ column }},
        {%- endfor %}
        {%- for column, kind in cells.items() %}
        case when read_problem is null then {{ protect_cell(column, kind) }} end
            as {{ column }},
        {%- endfor %}
        {%- for column in keep %}
        case when read_problem is null then {{ column }} end as {{ column }},
        {%- endfor %}
        read_problem
    from known
{% endmacro %}
