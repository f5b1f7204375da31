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

judged as (
    select
        claims.*,
        measured.estimate::double as estimate,
        measured.interval_low::double as interval_low,
        measured.interval_high::double as interval_high,
        measured.null_value::double as null_value,
        coalesce(measured.n, 0)::bigint as n,
        measured.reason_message::varchar as reason_message,
        {{ verdict("measured", "claims.side") }} as verdict,
        coalesce(measured.facts::varchar, '{}') as facts
    from claims
    -- what a wing does not measure on this crawl has its verdict all the same
    left join measured on claims.claim_id = measured.claim_id
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
        json_object('code', 'verdict.' || verdict) as verdict_message
    from judged
),

-- one sentence a person can read aloud: the claim, its numbers, and what they allow
messages as (
    select
        *,
        case
            when verdict = 'not identifiable on this crawl'
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
        source_table,
        reason_message,

        -- numerics
        estimate,
        interval_low,
        interval_high,
        null_value,
        n,

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
