with

notes as (
    select * from {{ ref("int_cascades__notes") }}
),

shapes as (
    select * from {{ ref("cascade_shape_null") }}
),

influence as (
    select * from {{ ref("cascade_influence_null") }}
),

dispersions as (
    select * from {{ ref("cascade_dispersion_draws") }}
),

adoption as (
    select * from {{ ref("hashtag_adoption_draws") }}
),

hashtags as (
    select * from {{ ref("hashtag_adoption_null") }}
    where is_tested
),

coverage as (
    select
        count(*) as cascade_count,
        coalesce(sum(comment_count), 0)::bigint as collected_count,
        coalesce(sum(reply_count - orphan_count), 0)::bigint as linked_reply_count,
        sum(declared_comment_count)::bigint as declared_count
    from notes
),

claims as (
    select
        listed.claim,
        listed.claim_sentence
    from (
        values
        ('depth', 'Reply trees are deeper than chance.'),
        ('breadth', 'Reply trees are broader than chance.'),
        ('structural_virality', 'Reply trees are more viral than chance.'),
        ('amplifier_dispersion', 'Some people''s comments draw more than others''.'),
        ('initiator_dispersion', 'Some people''s notes draw more than others''.'),
        ('hashtag_spread', 'Some hashtag is adopted right after meeting it.'),
        ('hashtag_adoption', 'People adopt hashtags right after meeting them.'),
        ('adoption_dose_response', 'Adoption rises with the number of exposures.'),
        (
            'adoption_without_recent_exposure',
            'Adoption without a recent exposure is above chance (a placebo).'
        )
    ) as listed (claim, claim_sentence)
),

shape_spreads as (
    select
        statistic,
        count(*) as case_count,
        stddev_samp(observed) / sqrt(count(*)) as standard_error
    from shapes
    where cascade_number > 0
    group by statistic
),

-- the mean over the cascades stands under cascade number 0
shape_claims as (
    select
        means.statistic as claim,
        means.observed as estimate,
        means.observed - 1.96 * spread.standard_error as estimate_low,
        means.observed + 1.96 * spread.standard_error as estimate_high,
        means.null_mean,
        means.null_low,
        means.null_high,
        means.z_score,
        means.p_value,
        spread.case_count,
        spread.case_count >= 5 as has_cases,
        'trees with replies and at least {{ var("cascade_min_comments") }} comments'
            as case_label,
        5 as min_case_count,
        means.draw_count
    from shapes as means
    inner join shape_spreads as spread on means.statistic = spread.statistic
    where means.cascade_number = 0
),

dispersion_nulls as (
    select
        influence_role,
        max(statistic) filter (where draw = 0) as estimate,
        avg(statistic) filter (where draw > 0) as null_mean,
        stddev_samp(statistic) filter (where draw > 0) as null_sd,
        quantile_cont(statistic, 0.025) filter (where draw > 0) as null_low,
        quantile_cont(statistic, 0.975) filter (where draw > 0) as null_high,
        count(*) filter (where draw > 0) as draw_count
    from dispersions
    group by influence_role
),

dispersion_tails as (
    select
        dispersions.influence_role,
        (
            count(*) filter (where dispersions.statistic >= dispersion_nulls.estimate)
            + 1
        ) / (count(*) + 1) as p_value
    from dispersions
    inner join dispersion_nulls
        on dispersions.influence_role = dispersion_nulls.influence_role
    where dispersions.draw > 0
    group by dispersions.influence_role
),

dispersion_spreads as (
    select
        influence_role,
        count(*) as case_count,
        stddev_samp(z_score ** 2) / sqrt(count(*)) as standard_error
    from influence
    where is_tested
    group by influence_role
),

dispersion_claims as (
    select
        shuffled.influence_role || '_dispersion' as claim,
        shuffled.estimate,
        shuffled.estimate - 1.96 * spreads.standard_error as estimate_low,
        shuffled.estimate + 1.96 * spreads.standard_error as estimate_high,
        shuffled.null_mean,
        shuffled.null_low,
        shuffled.null_high,
        (shuffled.estimate - shuffled.null_mean) / nullif(shuffled.null_sd, 0)
            as z_score,
        tails.p_value,
        spreads.case_count,
        spreads.case_count >= 10 as has_cases,
        'people with at least {{ var("influence_min_actions") }} '
        || if(shuffled.influence_role = 'initiator', 'notes', 'comments') as case_label,
        10 as min_case_count,
        shuffled.draw_count
    from dispersion_nulls as shuffled
    inner join dispersion_tails as tails
        on shuffled.influence_role = tails.influence_role
    inner join dispersion_spreads as spreads
        on shuffled.influence_role = spreads.influence_role
),

-- the slope is that of a line through the rates, each weighted by its occasions
adoption_statistics as (
    select
        draw,
        sum(occasion_count) filter (where exposure_count > 0) as exposed_count,
        sum(adoption_count) filter (where exposure_count > 0) as adopted_count,
        sum(occasion_count) filter (where exposure_count = 0) as unexposed_count,
        sum(adoption_count) filter (where exposure_count = 0)
            as unexposed_adopted_count,
        sum(occasion_count) as occasion_count,
        (
            sum(exposure_count * adoption_count) * sum(occasion_count)
            - sum(exposure_count * occasion_count) * sum(adoption_count)
        ) / nullif(
            sum(exposure_count * exposure_count * occasion_count) * sum(occasion_count)
            - sum(exposure_count * occasion_count) ** 2,
            0
        ) as slope
    from adoption
    group by draw
),

adoption_values as (
    select
        'hashtag_adoption' as claim,
        draw,
        exposed_count as case_count,
        adopted_count,
        adopted_count / nullif(exposed_count, 0) as estimate
    from adoption_statistics
    union all
    select
        'adoption_without_recent_exposure' as claim,
        draw,
        unexposed_count as case_count,
        unexposed_adopted_count as adopted_count,
        unexposed_adopted_count / nullif(unexposed_count, 0) as estimate
    from adoption_statistics
    union all
    select
        'adoption_dose_response' as claim,
        draw,
        exposed_count as case_count,
        null as adopted_count,
        slope as estimate
    from adoption_statistics
),

adoption_observed as (
    select * from adoption_values
    where draw = 0
),

adoption_nulls as (
    select
        shuffled.claim,
        avg(shuffled.estimate) as null_mean,
        stddev_samp(shuffled.estimate) as null_sd,
        quantile_cont(shuffled.estimate, 0.025) as null_low,
        quantile_cont(shuffled.estimate, 0.975) as null_high,
        (count(*) filter (where shuffled.estimate >= observed.estimate) + 1)
        / (count(*) + 1) as p_value,
        count(*) as draw_count
    from adoption_values as shuffled
    inner join adoption_observed as observed on shuffled.claim = observed.claim
    where shuffled.draw > 0
    group by shuffled.claim
),

adoption_claims as (
    select
        observed.claim,
        observed.estimate,
        -- the slope has no counts behind it; its interval is that of the shuffles
        case
            when observed.adopted_count is not null
                then
                    {{ wilson_bound(
                        "observed.adopted_count", "observed.case_count", "low"
                    ) }}
            else observed.estimate - 1.96 * shuffled.null_sd
        end as estimate_low,
        case
            when observed.adopted_count is not null
                then
                    {{ wilson_bound(
                        "observed.adopted_count", "observed.case_count", "high"
                    ) }}
            else observed.estimate + 1.96 * shuffled.null_sd
        end as estimate_high,
        shuffled.null_mean,
        shuffled.null_low,
        shuffled.null_high,
        (observed.estimate - shuffled.null_mean) / nullif(shuffled.null_sd, 0)
            as z_score,
        shuffled.p_value,
        observed.case_count::bigint as case_count,
        coalesce(
            observed.case_count >= {{ var("adoption_min_occasions") }}
            and shuffled.null_sd > 0,
            false
        ) as has_cases,
        if(
            observed.claim = 'adoption_without_recent_exposure',
            'notes that could have used a hashtag met earlier',
            'notes that could have used a hashtag met since the last one'
        ) as case_label,
        {{ var("adoption_min_occasions") }} as min_case_count,
        shuffled.draw_count
    from adoption_observed as observed
    inner join adoption_nulls as shuffled on observed.claim = shuffled.claim
),

-- the smallest p-value adjusted for all hashtags is that of the claim about any of them
spread_claims as (
    select
        'hashtag_spread' as claim,
        count(*) filter (where p_value_adjusted < 0.05)::double as estimate,
        null::double as estimate_low,
        null::double as estimate_high,
        null::double as null_mean,
        null::double as null_low,
        null::double as null_high,
        max(z_score) as z_score,
        min(p_value_adjusted) as p_value,
        count(*) as case_count,
        count(*) >= 5 as has_cases,
        'hashtags with at least {{ var("adoption_min_occasions") }} occasions'
            as case_label,
        5 as min_case_count,
        max(draw_count) as draw_count
    from hashtags
),

results as (
    select * from shape_claims
    union all
    select * from spread_claims
    union all
    select * from dispersion_claims
    union all
    select * from adoption_claims
),

judged as (
    select
        claims.claim,
        claims.claim_sentence,
        results.estimate,
        results.estimate_low,
        results.estimate_high,
        results.null_mean,
        results.null_low,
        results.null_high,
        results.z_score,
        results.p_value,
        results.draw_count,
        coverage.collected_count,
        coverage.declared_count,
        coalesce(results.case_count, 0) as case_count,
        coalesce(results.has_cases and results.p_value is not null, false)
            as is_identifiable,
        case
            when coverage.collected_count = 0 then 'No comments were collected.'
            when
                coverage.linked_reply_count = 0
                and claims.claim not in (
                    'initiator_dispersion',
                    'hashtag_spread',
                    'hashtag_adoption',
                    'adoption_dose_response',
                    'adoption_without_recent_exposure'
                )
                then
                    'Only first-level comments were collected ('
                    || coverage.collected_count || ' comments, no reply).'
            when results.case_count >= results.min_case_count and not results.has_cases
                then 'The shuffle changes nothing: nobody used a tag at another time.'
            when not coalesce(results.has_cases, false)
                then
                    'Too little to test: ' || coalesce(results.case_count, 0) || ' '
                    || coalesce(results.case_label, 'cases')
                    || coalesce(', ' || results.min_case_count || ' are needed', '')
                    || '.'
            when claims.claim = 'hashtag_spread'
                then
                    results.estimate::bigint || ' of ' || results.case_count || ' '
                    || results.case_label || '; highest z '
                    || format('{:.1f}', results.z_score) || ', p adjusted for all of '
                    || 'them ' || format('{:.3g}', results.p_value) || '.'
            else
                results.case_count || ' ' || results.case_label || '; estimate '
                || format('{:.4g}', results.estimate) || ' against '
                || format('{:.4g}', results.null_mean) || ' ['
                || format('{:.4g}', results.null_low) || ', '
                || format('{:.4g}', results.null_high) || '] when shuffled (z '
                || coalesce(format('{:.1f}', results.z_score), 'undefined') || ', p '
                || format('{:.3g}', results.p_value) || ').'
        end as reason
    from claims
    cross join coverage
    left join results on claims.claim = results.claim
),

summary as (
    select
        claim,
        claim_sentence,
        reason,
        case_count,
        draw_count,
        collected_count,
        declared_count,
        is_identifiable,
        case
            when not is_identifiable then 'not identifiable on this crawl'
            when p_value < 0.05 then 'supported'
            else 'not supported'
        end as verdict,
        if(is_identifiable, estimate, null) as estimate,
        if(is_identifiable, estimate_low, null) as estimate_low,
        if(is_identifiable, estimate_high, null) as estimate_high,
        if(is_identifiable, null_mean, null) as null_mean,
        if(is_identifiable, null_low, null) as null_low,
        if(is_identifiable, null_high, null) as null_high,
        if(is_identifiable, z_score, null) as z_score,
        if(is_identifiable, p_value, null) as p_value
    from judged
)

select * from summary
