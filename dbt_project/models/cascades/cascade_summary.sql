with

notes as (
    select * from {{ ref("int_cascades__notes") }}
),

results as (
    select * from {{ ref("cascade_claims_of_shape") }}
    union all
    select * from {{ ref("cascade_claims_of_dispersion") }}
    union all
    select * from {{ ref("cascade_claims_of_adoption") }}
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
        listed.needs_replies,
        listed.claim_sentence
    from (
        values
        ('depth', true, 'Reply trees are deeper than chance.'),
        ('breadth', true, 'Reply trees are broader than chance.'),
        ('structural_virality', true, 'Reply trees are more viral than chance.'),
        (
            'amplifier_dispersion', true,
            'Some people''s comments draw more than others''.'
        ),
        (
            'initiator_dispersion', false,
            'Some people''s notes draw more than others''.'
        ),
        ('hashtag_spread', false, 'Some hashtag is adopted right after meeting it.'),
        ('hashtag_adoption', false, 'People adopt hashtags right after meeting them.'),
        (
            'adoption_dose_response', false,
            'Adoption rises with the number of exposures.'
        ),
        (
            'adoption_without_recent_exposure', false,
            'Adoption without a recent exposure is above chance (a placebo).'
        )
    ) as listed (claim, needs_replies, claim_sentence)
),

judged as (
    select
        claims.claim,
        claims.claim_sentence,
        results.estimate,
        results.estimate_low,
        results.estimate_high,
        results.null_mean,
        results.null_sd,
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
        -- beyond the shuffles, and not by a few of the cases alone
        results.p_value < 0.05
        and coalesce(results.estimate_low > results.null_mean, true) as is_supported,
        case
            when coverage.collected_count = 0 then 'No comments were collected.'
            when coverage.linked_reply_count = 0 and claims.needs_replies
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
                || format('{:.4g}', results.estimate)
                || coalesce(
                    format(
                        ' [{:.4g}, {:.4g}] over them',
                        results.estimate_low,
                        results.estimate_high
                    ),
                    ''
                )
                || format(
                    ' against {:.4g} [{:.4g}, {:.4g}] when shuffled',
                    results.null_mean,
                    results.null_low,
                    results.null_high
                )
                || ' (z ' || coalesce(format('{:.1f}', results.z_score), 'undefined')
                || format(', p {:.3g}).', results.p_value)
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
    from judged
)

select * from summary
