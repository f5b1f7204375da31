with

united as (
    select * from {{ ref("findings_of_crawl") }}
    union all
    select * from {{ ref("findings_of_topics") }}
    union all
    select * from {{ ref("findings_of_adaptation") }}
    union all
    select * from {{ ref("findings_of_accounts") }}
    union all
    select * from {{ ref("findings_of_ties") }}
    union all
    select * from {{ ref("findings_of_time") }}
),

-- the verdict says it already
shortened as (
    select
        * replace (
            regexp_replace(
                reason, '^not identifiable( on this crawl)?: ', '', 'i'
            ) as reason
        )
    from united
),

-- one sentence a person can read aloud: the claim, its numbers, and what they allow
worded as (
    select
        finding_id,
        area,
        claimed_by,
        claim,
        metric,
        estimate,
        interval_low,
        interval_high,
        null_value,
        null_model,
        n,
        verdict,
        reason,
        source_table,
        concat(
            case verdict
                when 'supported' then 'Supported: '
                when 'not supported' then 'Not supported: '
                else 'Not identifiable on this crawl: '
            end,
            claim,
            case
                when verdict = 'not identifiable on this crawl'
                    then coalesce(
                        ' ' || upper(reason[1]) || rtrim(reason[2:], '.') || '.',
                        ' The crawl has nothing to measure it on.'
                    )
                else concat(
                    ' ',
                    upper(metric[1]),
                    metric[2:],
                    ' ',
                    format('{:.3g}', estimate),
                    case
                        when interval_low is not null
                            then format(
                                ' [{:.3g}, {:.3g}]', interval_low, interval_high
                            )
                        else ''
                    end,
                    format(' against {:.3g} ({})', null_value, null_model),
                    format(', n = {:,}.', n),
                    coalesce(' Note: ' || rtrim(reason, '.') || '.', '')
                )
            end
        ) as sentence
    from shortened
)

select * from worded
