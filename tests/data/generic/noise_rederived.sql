{# Users whose DBSCAN noise flag is not what SQL finds for the same radius and density:
   log counts in standard deviations, neighbours within the radius, noise where neither
   the user nor anybody within the radius is dense. Every pair is compared, so crawls of
   more than `largest` users are left to the Python tests. #}
{% test noise_rederived(model, users, features, largest=2000) %}
    with

    logs as (
        select
            user_id,
            {%- for feature in features %}
            ln(1 + coalesce({{ feature }}, avg({{ feature }}) over ())) as {{ feature }}
            {{- "," if not loop.last }}
            {%- endfor %}
        from {{ users }}
        where (select count(*) from {{ users }}) <= {{ largest }}
    ),

    points as (
        select
            logs.user_id,
            claimed.is_density_outlier,
            claimed.eps,
            claimed.neighbour_count_min,
            {%- for feature in features %}
            coalesce(
                (logs.{{ feature }} - avg(logs.{{ feature }}) over ())
                / nullif(stddev_pop(logs.{{ feature }}) over (), 0), 0
            ) as {{ feature }}
            {{- "," if not loop.last }}
            {%- endfor %}
        from logs
        inner join {{ model }} as claimed on logs.user_id = claimed.user_id
    ),

    pairs as (
        select
            points.user_id,
            others.user_id as other_id
        from points
        inner join points as others
            on sqrt(
                {%- for feature in features %}
                power(points.{{ feature }} - others.{{ feature }}, 2)
                {{- " +" if not loop.last }}
                {%- endfor %}
            ) <= points.eps + 1e-9
    ),

    neighbourhoods as (
        select
            points.user_id,
            points.is_density_outlier,
            count(pairs.other_id) >= any_value(points.neighbour_count_min) as is_dense
        from points
        left join pairs on points.user_id = pairs.user_id
        where points.eps is not null
        group by
            points.user_id,
            points.is_density_outlier
    ),

    judged as (
        select
            neighbourhoods.user_id,
            neighbourhoods.is_density_outlier,
            not bool_or(others.is_dense) as is_noise
        from neighbourhoods
        inner join pairs on neighbourhoods.user_id = pairs.user_id
        inner join neighbourhoods as others on pairs.other_id = others.user_id
        group by
            neighbourhoods.user_id,
            neighbourhoods.is_density_outlier
    )

    select *
    from judged
    where is_density_outlier is distinct from is_noise
{% endtest %}
