{%- set unknown = 'not identifiable on this crawl' -%}
with

claims as (
    select * from {{ ref("claims") }}
),

measured as (
    select * from {{ ref("claims_of_engagement") }}
    union all by name
    select * from {{ ref("claims_of_topics") }}
    union all by name
    select * from {{ ref("claims_of_adaptation") }}
    union all by name
    select * from {{ ref("claims_of_anomalies") }}
    union all by name
    select * from {{ ref("claims_of_communities") }}
    union all by name
    select * from {{ ref("claims_of_cascades") }}
    union all by name
    select * from {{ ref("claims_of_recommendations") }}
    union all by name
    select * from {{ ref("claims_of_retention") }}
    union all by name
    select * from {{ ref("claims_of_replication") }}
),

automated as (
    select count(*) as user_count from {{ ref("int_users__automated") }}
),

judged_alone as (
    select
        claims.*,
        measured.estimate::double as estimate,
        measured.interval_low::double as interval_low,
        measured.interval_high::double as interval_high,
        measured.null_value::double as null_value,
        measured.p_value::double as measured_p_value,
        coalesce(measured.n, 0)::bigint as n,
        measured.reason_message::varchar as reason_message,
        if(claims.leaves_out_automated, automated.user_count, null)
            as left_out_user_count,
        {{ verdict("measured", "claims.side") }} as verdict_alone,
        coalesce(measured.facts::varchar, '{}') as facts
    from claims
    cross join automated
    -- what a wing does not measure on this crawl has its verdict all the same
    left join measured on claims.claim_id = measured.claim_id
),

-- a claim that the crawl cannot judge makes no family larger
ranked as (
    select
        *,
        if(verdict_alone = '{{ unknown }}', null, measured_p_value) as p_value,
        row_number() over (
            partition by area
            order by p_value asc nulls last, claim_id asc
        ) as rank_in_family
    from judged_alone
),

adjusted as (
    select
        *,
        count(p_value) over (partition by area) as family_size,
        {{ adjusted_p_value("p_value", "area") }} as p_adjusted
    from ranked
),

judged_among_others as (
    select
        *,
        if(
            verdict_alone = 'supported'
            and p_adjusted > {{ var("false_discovery_rate") }},
            'not supported',
            verdict_alone
        ) as verdict
    from adjusted
),

judged as (
    select
        judged_among_others.* exclude (verdict),
        bases.facts as base_facts,
        coalesce(bases.verdict = 'supported', true) as has_base,
        if(
            judged_among_others.verdict = 'supported' and not has_base,
            'not supported',
            judged_among_others.verdict
        ) as verdict
    from judged_among_others
    left join judged_among_others as bases
        on judged_among_others.rests_on = bases.claim_id
),

-- what each text of a claim says on this crawl
said as (
    select
        *,
        json_merge_patch(
            facts::json, json_object('code', 'claims.' || claim_id || '.sentence')
        ) as claim_message,
        json_merge_patch(
            facts::json, json_object('code', 'claims.' || claim_id || '.metric')
        ) as metric_message,
        json_merge_patch(
            facts::json, json_object('code', 'claims.' || claim_id || '.null')
        ) as null_message,
        json_object('code', 'verdict.' || verdict) as verdict_message,
        case
            when verdict <> verdict_alone and not has_base
                then json_object(
                    'code', 'rests_on_unsupported',
                    'claim', json_merge_patch(
                        base_facts::json,
                        json_object('code', 'claims.' || rests_on || '.sentence')
                    )
                )
            when verdict <> verdict_alone
                then json_object(
                    'code', 'supported_alone',
                    'p', p_value,
                    'adjusted', p_adjusted,
                    'claims', family_size
                )
        end as alone_message,
        list_filter(
            [alone_message, reason_message::json], lambda note: note is not null
        ) as notes
    from judged
),

-- one sentence a person can read aloud: the claim, its numbers, and what they allow
messages as (
    select
        * exclude (reason_message),
        if(
            len(notes) = 2,
            json_object('code', 'notes', 'notes', notes),
            notes[1]
        )::varchar as reason_message,
        case
            when verdict = '{{ unknown }}'
                then json_object(
                    'code', 'finding_refused',
                    'verdict', verdict_message,
                    'claim', claim_message,
                    'reason', if(
                        reason_message is null,
                        json_object('code', 'nothing_to_measure'),
                        json_object(
                            'code', 'reason_as_sentence', 'reason', reason_message::json
                        )
                    )
                )
            else json_object(
                'code', 'finding_measured',
                'verdict', verdict_message,
                'claim', claim_message,
                'metric', metric_message,
                'estimate', estimate,
                'interval', case
                    when interval_low is not null
                        then json_object(
                            'code', 'interval_beside',
                            'low', interval_low,
                            'high', interval_high
                        )
                end,
                'null', null_value,
                'null_model', null_message,
                'n', n,
                'note', case
                    when reason_message is not null
                        then json_object(
                            'code', 'note_beside', 'reason', reason_message::json
                        )
                end
            )
        end as sentence_message
    from said
),

worded as (
    select
        -- ids
        claim_id as finding_id,

        -- strings
        area,
        claimed_by,
        unit,
        side,
        decided_by,
        verdict,
        verdict_alone,
        source_table,
        reason_message,

        -- numerics
        estimate,
        interval_low,
        interval_high,
        null_value,
        p_value,
        p_adjusted,
        n,
        left_out_user_count,

        -- sentences
        say(claim_message, 'en') as claim,
        say(claim_message, 'zh') as claim_zh,
        say(metric_message, 'en') as metric,
        say(metric_message, 'zh') as metric_zh,
        say(sentence_message, 'en') as sentence,
        say(sentence_message, 'zh') as sentence_zh,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh,
        say(null_message, 'en') as null_model,
        say(null_message, 'zh') as null_model_zh
    from messages
)

select * from worded
