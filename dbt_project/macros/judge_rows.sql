{#- Turns parsed rows (columns created_cell and captured_cell of `parse_time`,
    id_created_at, read_problem, problem_codes so far) into rows with created_at, its
    evidence, captured_at, and a status: `rejected` with every reason, `superseded` by a
    newer capture of the same id, or `accepted`. A capture time without a zone is by the
    file's clock, and by the platform's where nothing tells the file's. -#}
{% macro judge_rows(relation, entity) %}
    clocks as (
        select * from {{ ref("stg_crawl__file_clocks") }}
    ),

    walled as (
        select
            parsed.*,
            parsed.created_cell['utc'] is not null as is_epoch,
            coalesce(
                parsed.created_cell['utc'],
                if(local_clock.is_day_first, parsed.created_cell['day_first_time'], null),
                parsed.created_cell['local_time']
            ) as wall_time,
            coalesce(
                parsed.captured_cell['utc'],
                parsed.captured_cell['rounded_utc'],
                parsed.captured_cell['local_time'] - to_minutes(coalesce(
                    local_clock.utc_offset_minutes,
                    {{ zone_offset_minutes(
                        "parsed.captured_cell['local_time']", var("platform_zone")
                    ) }}
                ))
            ) as captured_at
        from {{ relation }} as parsed
        left join clocks as local_clock
            on
                parsed.source_file = local_clock.source_file
                and local_clock.is_main_offset
                and not local_clock.is_epoch
    ),

    timed as (
        select
            walled.*,
            walled.wall_time - to_minutes(coalesce(
                agreeing_clock.utc_offset_minutes,
                main_clock.utc_offset_minutes,
                if(walled.is_epoch, 0, null)
            )) as written_at
        from walled
        left join clocks as main_clock
            on
                walled.source_file = main_clock.source_file
                and walled.is_epoch = main_clock.is_epoch
                and main_clock.is_main_offset
        left join clocks as agreeing_clock
            on
                walled.source_file = agreeing_clock.source_file
                and walled.is_epoch = agreeing_clock.is_epoch
                and abs(date_diff(
                    'second',
                    walled.{{ entity }}_id_created_at,
                    walled.wall_time - to_minutes(agreeing_clock.utc_offset_minutes)
                )) <= {{ var("created_at_tolerance_seconds") }}
    ),

    dated as (
        select
            *,
            -- a written time that agrees with the id loses nothing by taking the id's
            -- seconds; one that does not is the time of publication
            case
                when created_at_evidence = 'written and id agree'
                    then {{ entity }}_id_created_at
                else coalesce(written_at, {{ entity }}_id_created_at)
            end as created_at
        from (
            select
                *,
                case
                    when written_at is null and {{ entity }}_id_created_at is null
                        then 'none'
                    when written_at is null then 'id only'
                    when {{ entity }}_id_created_at is null then 'written only'
                    when
                        abs(date_diff('second', {{ entity }}_id_created_at, written_at))
                        <= {{ var("created_at_tolerance_seconds") }}
                        then 'written and id agree'
                    when written_at > {{ entity }}_id_created_at
                        then 'written later than id'
                    else 'written earlier than id'
                end as created_at_evidence
            from timed
        )
    ),

    checked as (
        select
            *,
            list_filter(
                list_concat(problem_codes, [
                    case
                        when read_problem is null and created_at is null
                            then 'row_no_created_at'
                    end,
                    case
                        when
                            created_at < timestamp '2013-06-01'
                            or created_at > coalesce(
                                captured_at,
                                timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}'
                            ) + interval 1 day
                            then 'row_created_outside'
                    end,
                    case
                        when account_created_at > created_at + interval 1 hour
                            then 'row_{{ entity }}_before_account'
                    end
                ]),
                lambda code: code is not null
            ) as codes
        from dated
    ),

    worded as (
        select
            *,
            -- messages, to which the seed `reasons` has the words
            list_concat(
                if(read_problem is null, [], [read_problem]),
                list_transform(codes, lambda code: json_object('code', code)::varchar)
            ) as rejection_messages
        from checked
    ),

    judged as (
        select
            *,
            case
                when len(rejection_messages) > 0 then 'rejected'
                when row_number() over (
                    partition by {{ entity }}_id, len(rejection_messages) > 0
                    order by
                        captured_at desc nulls last,
                        source_file desc,
                        row_number desc
                ) > 1 then 'superseded'
                else 'accepted'
            end as row_status
        from worded
    )
{% endmacro %}
