with

runs as (
    select * from {{ ref("tie_community_runs") }}
),

nulls as (
    select * from {{ ref("tie_community_nulls") }}
),

run_checks as (
    select
        tie_kind,
        method as check_name,
        max(engine) as engine,
        'modularity' as statistic,
        avg(modularity) as observed,
        max(modularity) as observed_max,
        count(*) as run_count,
        avg(run_ari) as run_ari,
        avg(consensus_ari) as consensus_ari,
        null::double as null_mean,
        null::double as null_sd,
        null::double as z_score,
        null::double as p_value,
        0::bigint as draw_count,
        false as is_deciding
    from runs
    group by tie_kind, method
),

null_checks as (
    select
        tie_kind,
        null_model as check_name,
        engine,
        statistic,
        observed,
        null::double as observed_max,
        run_count,
        null::double as run_ari,
        null::double as consensus_ari,
        null_mean,
        null_sd,
        z_score,
        p_value,
        draw_count,
        is_deciding
    from nulls
),

checks as (
    select * from run_checks
    union all
    select * from null_checks
),

judged as (
    select
        *,
        if(
            is_deciding,
            null_mean + {{ var("community_z_from") }} * null_sd,
            null
        ) as established_from
    from checks
)

select * from judged
