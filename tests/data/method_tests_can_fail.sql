-- The tests that derive a method's result again, each on a result they must pass and on
-- the same result with one error that they must find.
with

cases as (
    {% set users = "(select 'u' || i as user_id, i::double as x from range(12) as r (i) union all select 'u12', 1000.0)" %}
    {% set noise = "(select 'u' || i as user_id, i = 12 as is_density_outlier, 0.8 as eps, 4 as neighbour_count_min from range(13) as r (i))" %}
    {% set people = "(select * from (values ('a', 1.0), ('b', 3.0), ('c', null)) as p (user_id, x))" %}
    {% set groups = "(select * from (values ('a', 'g'), ('b', 'g'), ('c', 'h')) as g (user_id, group_name))" %}
    {% set means = "(select * from (values ('g', 'x', 2, 2.0), ('h', 'x', 0, null)) as m (group_name, feature, user_count, mean_value))" %}
    {% set clusters = "(select 'gmm' as method, unnest([0, 0, 0, 1, 1]) as cluster_id)" %}
    {% set claim = "(select 'gmm' as method, 2 as cluster_count, true as claims_structure)" %}
    {% set no_claim = "(select 'gmm' as method, 2 as cluster_count, false as claims_structure)" %}
    {% set held = "(select 'f' as finding_id, 'supported' as verdict union all select 'g', 'not supported')" %}
    {% set listed = "(select unnest(['good', 'popular', 'stale', 'untold', 'new']) as strategy, 'note' as item_kind)" %}
    {% set judged = "(select *, 'note' as item_kind, 'recall@10' as metric, strategy <> 'untold' as is_identifiable from (values ('good', 'all', .2, .1), ('popular', 'all', -.1, .1), ('stale', 'all', .2, -.1), ('untold', 'all', -.1, -.1), ('good', 'few', -.1, .1), ('elsewhere', 'all', -.1, -.1)) as e (strategy, adaptation_group, popularity_difference_high, recent_popularity_difference_high))" %}
    {% set checks = [
        ("stands_on_verdicts passes", 0, test_stands_on_verdicts(
            "(select * from (values ('f', 'all', 'good'), (null, 'others', 'good'), ('f', 'all', 'untold'), ('f', 'all', 'new'), ('f', 'all', 'elsewhere')) as a (finding_id, adaptation_group, strategy))",
            held, judged, listed, "strategy")),
        ("stands_on_verdicts fails on a finding", 2, test_stands_on_verdicts(
            "(select unnest(['g', 'unknown']) as finding_id, 'all' as adaptation_group, 'good' as strategy)",
            held, judged, listed, "strategy")),
        ("stands_on_verdicts fails below either baseline", 2, test_stands_on_verdicts(
            "(select 'f' as finding_id, 'all' as adaptation_group, unnest(['popular', 'stale']) as strategy)",
            held, judged, listed, "strategy")),
        ("stands_on_verdicts fails on the group itself", 1, test_stands_on_verdicts(
            "(select 'f' as finding_id, 'few' as adaptation_group, 'good' as strategy)",
            held, judged, listed, "strategy")),
        ("group_means_rederived passes", 0,
            test_group_means_rederived(means, people, groups, ["x"])),
        ("group_means_rederived fails on a mean", 1, test_group_means_rederived(
            "(select group_name, feature, user_count, mean_value + 0.1 as mean_value from " ~ means ~ ")",
            people, groups, ["x"])),
        ("group_means_rederived fails on a size", 2, test_group_means_rederived(
            "(select group_name, feature, user_count + 1 as user_count, mean_value from " ~ means ~ ")",
            people, groups, ["x"])),
        ("group_means_rederived fails on a missing group", 1, test_group_means_rederived(
            "(select * from " ~ means ~ " where group_name = 'g')", people, groups, ["x"])),
        ("clusters_as_chosen passes", 0, test_clusters_as_chosen(clusters, claim)),
        ("clusters_as_chosen passes without structure", 0, test_clusters_as_chosen(
            "(select 'gmm' as method, null::integer as cluster_id)", no_claim)),
        ("clusters_as_chosen fails on another number", 1, test_clusters_as_chosen(
            clusters, "(select 'gmm' as method, 3 as cluster_count, true as claims_structure)")),
        ("clusters_as_chosen fails on clusters without a claim", 1,
            test_clusters_as_chosen(clusters, no_claim)),
        ("clusters_as_chosen fails on a wrong order", 1, test_clusters_as_chosen(
            "(select 'gmm' as method, unnest([0, 0, 1, 1, 1]) as cluster_id)", claim)),
        ("clusters_as_chosen fails on a user left out", 1, test_clusters_as_chosen(
            "(select 'gmm' as method, unnest([0, 0, 1, null]) as cluster_id)", claim)),
        ("noise_rederived passes", 0, test_noise_rederived(noise, users, ["x"])),
        ("noise_rederived fails on a flag", 1, test_noise_rederived(
            "(select * replace (is_density_outlier or user_id = 'u3' as is_density_outlier) from " ~ noise ~ ")",
            users, ["x"])),
        ("noise_rederived fails on a radius", 1, test_noise_rederived(
            "(select * replace (9.0 as eps) from " ~ noise ~ ")", users, ["x"])),
    ] %}
    {% for name, expected, sql in checks %}
    select
        '{{ name }}' as check_name,
        {{ expected }} as expected_count,
        (select count(*) from ({{ sql }}) as failing) as found_count
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from cases
where expected_count <> found_count
