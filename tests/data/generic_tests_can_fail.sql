-- Every generic test of this project, on a case it must pass and one it must fail: a
-- check that cannot fail would be found here. Each case is (test, failing rows expected,
-- failing rows found).
with

cases as (
    {% set numbers = "(select * from (values (1, 'a'), (2, 'a'), (3, 'b')) as numbers (x, y))" %}
    {% set checks = [
        ("between passes", 0, test_between(numbers, column_name="x", min_value=1, max_value=3)),
        ("between fails", 1, test_between(numbers, column_name="x", max_value=2)),
        ("between fails on nan", 1, test_between(
            "(select 'nan'::double as x)", column_name="x", min_value=0)),
        ("unique_combination_of_columns passes", 0,
            test_unique_combination_of_columns(numbers, ["x", "y"])),
        ("unique_combination_of_columns fails", 1,
            test_unique_combination_of_columns(numbers, ["y"])),
        ("expression_is_true passes", 0, test_expression_is_true(numbers, "x > 0")),
        ("expression_is_true fails", 2, test_expression_is_true(numbers, "x > 2")),
        ("not_empty passes", 0, test_not_empty(numbers)),
        ("not_empty fails", 1, test_not_empty("(select 1 where false)")),
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
        ("has_no_identifier passes", 0, test_has_no_identifier(
            "(select '_mail_, @ all, @#tag, @_ and 0123456789abcdef' as x)", column_name="x")),
        ("has_no_identifier fails on an id", 1, test_has_no_identifier(
            "(select 'see 6784c2124a55a77e205884e5' as x)", column_name="x")),
        ("has_no_identifier fails on a token", 1, test_has_no_identifier(
            "(select '?xsec_token=AB' as x)", column_name="x")),
        ("has_no_identifier fails on a nickname", 1, test_has_no_identifier(
            "(select 'thanks @someone' as x)", column_name="x")),
        ("has_no_identifier fails on an address", 1, test_has_no_identifier(
            "(select 'mail a@b.c' as x)", column_name="x")),
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
