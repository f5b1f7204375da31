-- Every generic test of this project, on a case it must pass and one it must fail: a
-- check that cannot fail would be found here. Each case is (test, failing rows expected,
-- failing rows found).
with

cases as (
    {% set numbers = "(select * from (values (1, 'a'), (2, 'a'), (3, 'b')) as numbers (x, y))" %}
    {% set checks = [
        ("expression_is_true passes", 0, test_expression_is_true(numbers, "x > 0")),
        ("expression_is_true fails", 2, test_expression_is_true(numbers, "x > 2")),
        ("one_row_per passes", 0, test_one_row_per(numbers, numbers, ["x"])),
        ("one_row_per fails on a missing key", 1, test_one_row_per(
            "(select 1 as x union all select 2)", numbers, ["x"])),
        ("one_row_per fails on an unknown key", 1, test_one_row_per(
            numbers, "(select 1 as x union all select 2)", ["x"])),
        ("one_row_per fails on a repeated key", 1, test_one_row_per(
            numbers, numbers, ["y"])),
        ("sums_to passes", 0, test_sums_to(numbers, "x", ["y"], total=3)),
        ("sums_to fails", 1, test_sums_to(
            "(select * from (values (1, 'a'), (2, 'a'), (4, 'b')) as n (x, y))",
            "x", ["y"], total=3)),
        ("covers_all_values passes", 0, test_covers_all_values(
            numbers, [1, 2, 3], column_name="x")),
        ("covers_all_values fails", 1, test_covers_all_values(
            numbers, [1, 2, 4], column_name="x")),
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
