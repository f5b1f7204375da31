{# Group means and sizes that SQL does not find again from the users. #}
{% test group_means_rederived(model, users, groups, features) %}
    with

    members as (
        select
            groups.group_name,
            users.*
        from {{ users }} as users
        inner join {{ groups }} as groups on users.user_id = groups.user_id
    ),

    expected as (
        {%- for feature in features %}
        select
            group_name,
            '{{ feature }}' as feature,
            count({{ feature }}) as user_count,
            avg({{ feature }}) as mean_value
        from members
        group by group_name
        {{ "union all" if not loop.last }}
        {%- endfor %}
    )

    select
        coalesce(expected.group_name, found.group_name) as group_name,
        coalesce(expected.feature, found.feature) as feature,
        expected.user_count as expected_count,
        found.user_count as found_count,
        expected.mean_value as expected_mean,
        found.mean_value as found_mean
    from expected
    full join
        (
            select *
            from {{ model }}
            where feature in ('{{ features | join("', '") }}')
        ) as found
        on
            expected.group_name = found.group_name
            and expected.feature = found.feature
    where
        expected.user_count is distinct from found.user_count
        or (expected.mean_value is null) <> (found.mean_value is null)
        or abs(expected.mean_value - found.mean_value) > 1e-6
{% endtest %}
