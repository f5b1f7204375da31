with

published as (
    select * from {{ ref("study_published_figures") }}
),

recipe as (
    select * from {{ ref("study_recipe") }}
),

corrections as (
    select * from {{ ref("study_correction") }}
),

audited as (
    select * from {{ ref("int_study__audited") }}
),

joined as (
    select
        published.*,
        coalesce(recipe.figure_value, audited.reproduced_number) as reproduced_number,
        coalesce(recipe.figure_text, audited.reproduced_text) as reproduced_text,
        coalesce(corrections.figure_value, audited.corrected_number)
            as corrected_number,
        coalesce(corrections.figure_text, audited.corrected_text) as corrected_text,
        coalesce(
            recipe.reason,
            published.not_computed_because,
            corrections.reason,
            case
                when
                    corrections.figure_value is null
                    and corrections.figure_text is null
                    and audited.corrected_number is null
                    and audited.corrected_text is null
                    then 'nothing on this crawl to measure it on'
            end
        ) as missing_reason
    from published
    left join recipe on published.figure_id = recipe.figure_id
    left join corrections on published.figure_id = corrections.figure_id
    left join audited on published.figure_id = audited.figure_id
),

-- the study's own file is known by its contents: its rows and its column sums
compared as (
    select
        *,
        bool_and(
            coalesce(abs(reproduced_number - published_number) <= tolerance, false)
        ) filter (is_file_mark) over () as is_study_file,
        case
            when comparison = 'below_corrected'
                then reproduced_number < corrected_number
            when published_number is not null
                then abs(reproduced_number - published_number) <= tolerance
            when reproduced_text is not null then published_text = reproduced_text
        end as is_equal
    from joined
),

judged as (
    select
        *,
        case when is_study_file or topic = 'follow_up' then is_equal end
            as is_reproduced,
        coalesce(reproduced_number is not null or reproduced_text is not null, false)
            as has_reproduction
    from compared
),

worded as (
    select
        -- ids
        figure_id,
        figure_number,

        -- strings
        topic,
        figure,
        figure_zh,
        {{ figure_words("published_number", "published_text") }} as published_value,
        published_source,
        {{ figure_words("reproduced_number", "reproduced_text") }} as reproduced_value,
        case
            when is_reproduced then 'reproduced'
            when not is_reproduced then 'not reproduced'
            when not has_reproduction and missing_reason is not null
                then 'not computed'
            when published_number is null and published_text is null
                then 'measured here'
            else 'another crawl'
        end as verdict,
        case when not has_reproduction then missing_reason end as reason,
        what_it_really_measures,
        what_it_really_measures_zh,
        {{ figure_words("corrected_number", "corrected_text") }} as corrected_value,
        corrected_how,

        -- numerics
        published_number,
        tolerance,
        reproduced_number,
        corrected_number,

        -- booleans
        is_reproduced,
        is_study_file
    from judged
)

select * from worded
