with

notes as (
    select * from {{ ref("int_cascades__notes") }}
),

shapes as (
    select * from {{ ref("cascade_shape_null") }}
),

influence as (
    select * from {{ ref("cascade_influence_null") }}
    where is_tested
),

adoption as (
    select * from {{ ref("hashtag_adoption_null") }}
),

-- every tree against its own null: trees of other sizes are no noise
shape_differences as (
    select
        statistic,
        count(*) as case_count,
        avg(observed - null_mean) as estimate,
        stddev_samp(observed - null_mean) / sqrt(count(*)) as standard_error
    from shapes
    where cascade_number > 0
    group by statistic
),

-- the mean over the cascades stands under cascade number 0
shape_claims as (
    select
        differences.statistic as claim,
        differences.estimate,
        differences.estimate - 1.96 * differences.standard_error as estimate_low,
        differences.estimate + 1.96 * differences.standard_error as estimate_high,
        0.0 as null_mean,
        means.null_sd,
        means.null_low - means.null_mean as null_low,
        means.null_high - means.null_mean as null_high,
        means.z_score,
        means.p_value,
        differences.case_count,
        means.draw_count,
        true as is_varied
    from shape_differences as differences
    inner join shapes as means
        on differences.statistic = means.statistic and means.cascade_number = 0
),

-- the dispersion stands in every row of a role; a squared z-score is a comparison with
-- the person's own null, 1 on average
dispersions as (
    select
        influence_role || '_dispersion' as claim,
        any_value(dispersion) as estimate,
        stddev_samp(z_score ** 2) / sqrt(count(*)) as standard_error,
        any_value(dispersion_null_mean) as null_mean,
        any_value(dispersion_null_sd) as null_sd,
        any_value(dispersion_null_low) as null_low,
        any_value(dispersion_null_high) as null_high,
        any_value(dispersion_p_value) as p_value,
        count(*) as case_count,
        any_value(draw_count) as draw_count
    from influence
    group by influence_role
),

dispersion_claims as (
    select
        claim,
        estimate,
        estimate - 1.96 * standard_error as estimate_low,
        estimate + 1.96 * standard_error as estimate_high,
        null_mean,
        null_sd,
        null_low,
        null_high,
        (estimate - null_mean) / nullif(null_sd, 0) as z_score,
        p_value,
        case_count,
        draw_count,
        true as is_varied
    from dispersions
),

-- the slope has no counts behind it and so no interval: the shuffles alone judge it
adoption_claims as (
    select
        case subject
            when 'exposed' then 'hashtag_adoption'
            when 'dose' then 'adoption_dose_response'
            else 'adoption_without_recent_exposure'
        end as claim,
        observed as estimate,
        case
            when subject <> 'dose'
                then {{ wilson_bound("adoption_count", "occasion_count", "low") }}
        end as estimate_low,
        case
            when subject <> 'dose'
                then {{ wilson_bound("adoption_count", "occasion_count", "high") }}
        end as estimate_high,
        null_mean,
        null_sd,
        null_low,
        null_high,
        z_score,
        p_value,
        occasion_count as case_count,
        draw_count,
        coalesce(null_sd > 0, false) as is_varied
    from adoption
    where subject in ('exposed', 'dose') or exposure_count = 0
),

-- the smallest p-value adjusted for all hashtags is that of the claim about any of them
spread_claim as (
    select
        'hashtag_spread' as claim,
        count(*) filter (
            where p_value_adjusted < {{ var("claim_alpha") }}
        )::double as estimate,
        null::double as estimate_low,
        null::double as estimate_high,
        null::double as null_mean,
        null::double as null_sd,
        null::double as null_low,
        null::double as null_high,
        max(z_score) as z_score,
        min(p_value_adjusted) as p_value,
        count(*) as case_count,
        max(draw_count) as draw_count,
        true as is_varied
    from adoption
    where subject = 'hashtag' and is_tested
),

results as (
    select * from shape_claims
    union all
    select * from dispersion_claims
    union all
    select * from adoption_claims
    union all
    select * from spread_claim
),

coverage as (
    select
        count(*) as cascade_count,
        coalesce(sum(comment_count), 0)::bigint as collected_count,
        coalesce(sum(reply_count - orphan_count), 0)::bigint as linked_reply_count,
        sum(declared_comment_count)::bigint as declared_count
    from notes
),

-- what is counted for each claim, from which value on, and how many are needed
claims as (
    select
        listed.claim,
        listed.case_code,
        listed.case_least,
        listed.min_case_count
    from (
        values
        {%- for shape in ["depth", "breadth", "structural_virality"] %}
            (
                '{{ shape }}', 'cases_trees',
                {{ var("cascade_min_comments") }}, {{ var("cascade_min_trees") }}
            ),
        {%- endfor %}
        {%- for role in ["amplifier", "initiator"] %}
            (
                '{{ role }}_dispersion', 'cases_{{ role }}s',
                {{ var("influence_min_actions") }}, {{ var("influence_min_people") }}
            ),
        {%- endfor %}
        (
            'hashtag_spread', 'cases_hashtag_spread',
            {{ var("adoption_min_occasions") }}, {{ var("spread_min_hashtags") }}
        ),
        (
            'hashtag_adoption', 'cases_hashtag_adoption', null,
            {{ var("adoption_min_occasions") }}
        ),
        (
            'adoption_dose_response', 'cases_adoption_dose_response', null,
            {{ var("adoption_min_occasions") }}
        ),
        (
            'adoption_without_recent_exposure',
            'cases_adoption_without_recent_exposure', null,
            {{ var("adoption_min_occasions") }}
        )
    ) as listed (claim, case_code, case_least, min_case_count)
),

measured as (
    select
        claims.*,
        results.estimate,
        results.estimate_low,
        results.estimate_high,
        results.null_mean,
        results.null_sd,
        results.null_low,
        results.null_high,
        results.z_score,
        results.p_value,
        results.case_count,
        results.draw_count,
        results.is_varied,
        claims.case_code in ('cases_trees', 'cases_amplifiers') as needs_replies,
        coalesce(results.case_count >= claims.min_case_count, false) as has_cases
    from claims
    left join results on claims.claim = results.claim
),

judged as (
    select
        measured.claim,
        measured.estimate,
        measured.estimate_low,
        measured.estimate_high,
        measured.null_mean,
        measured.null_sd,
        measured.null_low,
        measured.null_high,
        measured.z_score,
        measured.p_value,
        measured.draw_count,
        coverage.collected_count,
        coverage.declared_count,
        coalesce(measured.case_count, 0) as case_count,
        measured.has_cases
        and coalesce(measured.is_varied and measured.p_value is not null, false)
            as is_identifiable,
        -- beyond the shuffles, and not by a few of the cases alone
        measured.p_value < {{ var("claim_alpha") }}
        and coalesce(measured.estimate_low > measured.null_mean, true) as is_supported,
        json_object(
            'code', if(measured.case_count is null, 'cases_any', measured.case_code),
            'count', coalesce(measured.case_count, 0),
            'least', measured.case_least
        ) as cases,
        case
            when coverage.collected_count = 0 then 'no_comments'
            when coverage.linked_reply_count = 0 and measured.needs_replies
                then 'no_replies'
            when measured.has_cases and not measured.is_varied
                then 'shuffle_changes_nothing'
            when not measured.has_cases then 'too_few_cases'
            when measured.claim = 'hashtag_spread' then 'spread_measured'
            else 'cascade_measured'
        end as reason_code,
        if(measured.case_count is null, null, measured.min_case_count)
            as min_case_count
    from measured
    cross join coverage
),

reasoned as (
    select
        *,
        json_object(
            'code', reason_code,
            'cases', cases,
            'comments', collected_count,
            'needed', case
                when min_case_count is not null
                    then json_object('code', 'are_needed', 'least', min_case_count)
            end,
            'estimate', estimate,
            'interval', case
                when estimate_low is not null
                    then json_object(
                        'code', 'interval_over_cases',
                        'low', estimate_low,
                        'high', estimate_high
                    )
            end,
            'adopted', estimate,
            'mean', null_mean,
            'low', null_low,
            'high', null_high,
            'z', if(
                z_score is null,
                json_object('code', 'undefined'),
                json_object('code', 'one_decimal', 'value', z_score)
            ),
            'p', p_value
        )::varchar as reason_message
    from judged
),

summary as (
    select
        claim,
        reason_message,
        case_count,
        draw_count,
        collected_count,
        declared_count,
        is_identifiable,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh,
        case
            when not is_identifiable then 'not identifiable on this crawl'
            when is_supported then 'supported'
            else 'not supported'
        end as verdict,
        if(is_identifiable, estimate, null) as estimate,
        if(is_identifiable, estimate_low, null) as estimate_low,
        if(is_identifiable, estimate_high, null) as estimate_high,
        if(is_identifiable, null_mean, null) as null_mean,
        if(is_identifiable, null_sd, null) as null_sd,
        if(is_identifiable, null_low, null) as null_low,
        if(is_identifiable, null_high, null) as null_high,
        if(is_identifiable, z_score, null) as z_score,
        if(is_identifiable, p_value, null) as p_value
    from reasoned
)

select * from summary
