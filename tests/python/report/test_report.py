"""The report: hostile text stays text, evidence runs, nothing missing breaks it."""

from __future__ import annotations

import datetime as dt
import html
import re
import shutil
import string
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from refugee_adaptation.report import charts
from refugee_adaptation.report.__main__ import main
from refugee_adaptation.report.charts import figure_svg
from refugee_adaptation.report.columns import both, chance, interval, made, share
from refugee_adaptation.report.marts import Marts, MartsError, NotBuiltError
from refugee_adaptation.report.page import render
from refugee_adaptation.report.sections import SECTIONS
from refugee_adaptation.report.sections.adaptation import ADAPTATION, CHANGE
from refugee_adaptation.report.sections.anomalies import ANOMALIES
from refugee_adaptation.report.sections.communities import COMMUNITIES
from refugee_adaptation.report.sections.evidence import REPLICATION
from refugee_adaptation.report.sections.retention import worded_covariate
from refugee_adaptation.report.sections.summary import SUMMARY
from refugee_adaptation.report.sections.topics import TOPICS
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story, quoted
from refugee_adaptation.report.texts import (
    LANGUAGES,
    say,
    texts,
    verbatim,
)
from refugee_adaptation.wording.numbers import (
    day,
    moment,
    number,
    of_hundred,
    p_value,
    percent,
    points,
    rank,
    span,
)
from report_marts import HOSTILE, small_build


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_build(tmp_path_factory.mktemp("build") / "small.duckdb")


@pytest.fixture(scope="module")
def page(database: Path) -> str:
    with Marts(database) as marts:
        return render(marts)


def test_hostile_text_stays_text(page: str) -> None:
    without_scripts = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    assert "window.ran" in without_scripts
    assert "<script>window.ran" not in page
    assert "<img" not in page
    assert "<b>bad" not in page
    assert html.escape("<script>window.ran = true</script>") in page


def test_a_check_for_hostile_text_can_fail() -> None:
    assert "<img" in f"<p>{HOSTILE[1]}</p>"


def test_nothing_is_requested(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert html.unescape(policy[1]).startswith("default-src 'none'; script-src ")
    assert "unsafe-eval" not in policy[1]
    assert "unsafe-inline" not in policy[1].split("script-src")[1].split(";")[0]
    outside = re.findall(
        r"""(?:src|href|action|data)\s*=\s*["']?(\w+:[^"'> ]+)""", page
    )
    assert set(outside) <= {"data:,"}


def test_every_query_on_the_page_runs(page: str, database: Path) -> None:
    queries = re.findall(
        r'<pre class="query"><code>(.*?)</code></pre>', page, re.DOTALL
    )
    assert len(queries) > 5
    connection = duckdb.connect(str(database), read_only=True)
    for query in queries:
        connection.execute(html.unescape(query)).fetchall()


def test_every_figure_and_table_names_its_table(page: str) -> None:
    main_part = page.split("<main")[1].split("</main>")[0]
    blocks = len(re.findall(r"<figure |<table ", main_part))
    named = len(re.findall(r'<details class="evidence"><summary>.*?<code>', main_part))
    assert blocks > 3
    assert named >= blocks
    assert main_part.count('data-get="csv"') == main_part.count("<figure ")


def test_a_build_of_one_mart_still_gives_a_page(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table unrelated (x integer)")
    with Marts(path) as marts:
        page = render(marts)
    for section in SECTIONS:
        assert f'id="{section.key}"' in page
    assert page.count('class="notice"') >= len(SECTIONS)
    assert "this build has no" in page


def test_an_empty_mart_says_so(database: Path) -> None:
    def part(story: Story) -> None:
        story.table("crawl.rows", story.marts.ask("select * from fct_comments"), ())

    with Marts(database) as marts:
        written = Story(marts).compose(Section("crawl", (part,)))
    assert "fct_comments is empty" in written


def test_the_same_tables_give_the_same_page(page: str, database: Path) -> None:
    with Marts(database) as marts:
        assert render(marts) == page


def test_both_languages_fill_the_same_braces() -> None:
    for key, wording in texts().items():
        fields = {
            language: sorted(
                name for _, name, _, _ in string.Formatter().parse(words) if name
            )
            for language, words in wording.items()
        }
        assert len({tuple(names) for names in fields.values()}) == 1, key
        assert set(fields) == set(LANGUAGES)


def test_values_in_texts_are_escaped() -> None:
    assert "&lt;b&gt;" in say("cascades.untestable", reason="<b>")


def test_ids_are_unique_and_links_lead_somewhere(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_charts_use_only_colours_the_style_sheet_knows(page: str) -> None:
    inside = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', inside))
    known = {f"var({variable})" for variable in charts.VARIABLES.values()}
    assert colours <= known | {"none", "transparent"}
    assert "var(--blue)" in colours


def test_charts_speak_to_screen_readers(page: str) -> None:
    drawn = re.findall(r"<svg[^>]*>", page)
    assert drawn
    for tag in drawn:
        assert 'role="img"' in tag
        assert "aria-labelledby" in tag


def test_a_missing_column_is_named(database: Path) -> None:
    with Marts(database) as marts, pytest.raises(NotBuiltError, match="no_such_column"):
        marts.ask("select no_such_column from fct_posts")


def test_marts_are_read_only(database: Path) -> None:
    with Marts(database) as marts, pytest.raises(duckdb.InvalidInputException):
        marts.ask("drop table topics")


def test_a_database_that_is_not_there_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(tmp_path / "none.duckdb")]) == 2
    assert "does not exist" in capsys.readouterr().err
    (tmp_path / "text.duckdb").write_text("no database at all, only text")
    with pytest.raises(MartsError, match="cannot be read"):
        Marts(tmp_path / "text.duckdb")


def test_the_command_writes_the_page(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "report.html"
    assert main(["--db", str(database), "--out", str(out)]) == 0
    assert out.read_text("utf-8").startswith("<!doctype html>")


def test_a_topic_is_drawn_with_its_words(page: str) -> None:
    topics = page.split('id="topics"')[1].split("<section")[0]
    assert topics.count("<figure") == 1
    assert "Posts fall into 2 topics" in topics
    assert "2 topics hold in 20 posts" in topics
    # its words, and its clearest posts, shortened
    assert html.escape(HOSTILE[0]) in topics
    assert f"<bdi>{html.escape(HOSTILE[3])}</bdi></blockquote>" in topics
    assert "w" * 160 + "\u2026" in topics


def test_labels_of_the_crawl_are_short_and_stay_as_they_are() -> None:
    assert verbatim("likes") != "likes"
    assert verbatim("likes").endswith("likes")
    assert verbatim("\u5c0f" * 40, 10) == "\u2060" + "\u5c0f" * 5 + "\u2026"


def test_topics_that_do_not_hold_are_refused(tmp_path: Path) -> None:
    path = small_build(tmp_path / "small.duckdb")
    connection = duckdb.connect(str(path))
    connection.execute(
        """
        delete from topics where topic_id > 0;
        delete from topic_terms;
        create table topic_model_selection as
        select 0.01 as lift_score, 0.4 as p_value, 20 as post_count
        """
    )
    connection.close()
    with Marts(path) as marts:
        written = Story(marts).compose(Section("topics", TOPICS.parts[:3]))
    assert "No topics are claimed: of 1 topic models" in written
    assert "its p over the whole choice is 0.400" in written
    assert "<figure" not in written


@pytest.mark.parametrize(
    ("tried", "said"),
    [("true", "Of 1 ways to divide 676 people"), ("false", "too few people")],
)
def test_no_groups_are_told_apart_from_too_few_people(
    tried: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "groups.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table adaptation_model_selection as
            select
                'kmeans' as method,
                3 as cluster_count,
                676 as user_count,
                0.2 as silhouette_score,
                0.21 as null_silhouette_p95,
                0.5 as bootstrap_ari_mean,
                0.4 as jaccard_min,
                false as claims_structure,
                'no structure' as reason,
                'no structure' as reason_zh,
                false as is_shown
            where {tried}
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(ADAPTATION)
    assert said in written


@pytest.mark.parametrize(
    ("early", "low", "said"),
    [(1, "null::double", "number 1: too few"), (30, "-0.95", "first wave")],
)
def test_waves_of_a_handful_are_not_compared(
    early: int, low: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "waves.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table adaptation_over_time as
            select
                'all posts' as comparison,
                'video' as trait,
                1.0 as early_value,
                0.1 as late_value,
                -0.9 as change,
                {low} as change_low,
                -0.85 as change_high,
                {early} as early_user_count,
                120 as late_user_count,
                1 as shared_user_count
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(CHANGE)
    assert said in written
    assert ("<table" in written) == (early >= 10)


@pytest.mark.parametrize("is_synthetic", [True, False])
def test_a_synthetic_crawl_is_called_so_first(
    is_synthetic: bool, tmp_path: Path
) -> None:
    path = tmp_path / "rows.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table crawl_rows as select {is_synthetic} as is_synthetic"
        )
    with Marts(path) as marts:
        written = Story(marts).compose(SUMMARY)
    assert ("A made-up sample" in written) == is_synthetic


def test_unusual_accounts_are_shown_with_what_their_rules_rest_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "anomalies.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table user_anomalies as
            select
                printf('%016x', i) as user_id,
                if(i = 8, 'other', 'influencer') as anomaly_type,
                if(i = 8, ['burst'], ['influencer']) as reason_codes,
                if(i = 8, 1, 0) as independent_sign_count,
                2 as post_count,
                5000 + i as like_count_max,
                0 as silent_post_count,
                0 as promotion_post_count,
                0 as contact_post_count,
                1 as hashtag_count_max,
                if(i = 8, 3, 0) as burst_count,
                0.5 as gap_minutes_min,
                0 as own_copy_count,
                0 as copying_user_count,
                0 as synchronised_user_count,
                1.0 as stretch_hours_max,
                null::double as clock_evidence,
                1.0 as k_distance,
                null::varchar as abstention_reason
            from range(9) as numbers (i)
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(ANOMALIES)
    # a rule by the kinds whose people meet it, here the one of kind "other"
    assert re.search(r"posts in a burst.*?(>0<.*?){4}>1<", written)
    # the five with the most likes, and the one of kind "other", with their evidence
    assert "5,007 likes of one post" in written
    assert "5,003 likes of one post" in written
    assert "5,002 likes of one post" not in written
    assert "posts right after another: 3 (shortest gap 30 s)" in written
    assert "The page has 6 of 9 rows" in written


@pytest.mark.parametrize(("newcomers", "is_said"), [(1, True), (4, False)])
def test_a_crawl_with_few_newcomers_says_that_its_title_does_not_fit(
    newcomers: int, is_said: bool, tmp_path: Path
) -> None:
    path = tmp_path / "users.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table dim_users as
            select 1 as post_count, i < {newcomers} as is_newcomer
            from range(20) as numbers (i)
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(SUMMARY)
    assert ("hardly a crawl of TikTok refugees" in written) == is_said


def test_figures_of_the_study_keep_their_digits_and_the_unlike_come_first(
    tmp_path: Path,
) -> None:
    path = tmp_path / "study.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table study_replication as
            select * from (
                values
                (1, 'Sum of likes', 'reproduced', '1554694', '-0.0867'),
                (2, 'First post', 'not reproduced', '2025-01-01', '2896.0')
            ) as figures (
                figure_number, figure, verdict, published_value, reproduced_value
            )
            cross join (
                select
                    null::varchar as corrected_value,
                    null::varchar as what_it_really_measures,
                    null::varchar as what_it_really_measures_zh,
                    null::varchar as figure_zh,
                    true as is_study_file
            )
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(REPLICATION)
    assert written.index("First post") < written.index("Sum of likes")
    for figure in ("1,554,694", "\u22120.0867", "2,896", "2025-01-01"):
        assert re.search(rf'<td class="number"[^>]*>{figure}</td>', written)


FINDINGS = """
    create table findings as
    select
        'newcomers_are_most_authors' as finding_id,
        'crawl' as area,
        'most are new' as claim,
        '' as claim_zh,
        0.85 as estimate,
        0.8 as interval_low,
        0.9 as interval_high,
        'supported' as verdict,
        'supported' as verdict_alone,
        'share' as metric,
        '' as metric_zh,
        'share' as unit,
        'above' as side,
        'interval' as decided_by,
        0.25 as null_value,
        'one half' as null_model,
        '' as null_model_zh,
        0.01 as p_value,
        0.02 as p_adjusted,
        100 as n,
        'no dates' as reason,
        '' as reason_zh;
"""


@pytest.mark.parametrize(
    ("verdict", "tone", "said"),
    [
        ("supported", "for", "They came at once: 85 in 100 authors are new, half of"),
        ("not supported", "against", "does not hold: between 80 and 90 in 100 are"),
        ("not identifiable on this crawl", "unknown", "Who is new cannot be known"),
    ],
)
def test_a_card_says_what_its_verdict_allows(
    verdict: str, tone: str, said: str, database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cards.duckdb"
    shutil.copy(database, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(FINDINGS)
        connection.execute("update findings set verdict = ?", [verdict])
    with Marts(path) as marts:
        written = Story(marts).compose(SUMMARY)
    assert f'<p class="mark {tone}">' in written
    assert said in written
    # how it is known, with the bar, stands behind it
    assert "; the whole interval must exceed 25.0\u00a0%" in written
    assert "; adjusted p =\u00a00.0200" in written
    assert written.index("<summary>") < written.index("the whole interval")


def test_communities_are_established_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "communities.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table community_verdicts as
            select
                'reply' as tie_kind,
                'established' as verdict,
                3526 as user_count,
                3856 as tie_count,
                169 as community_count,
                31.0 as z_score,
                0.005 as p_value,
                31.0 as degree_preserving_z_score,
                0.9 as louvain_seed_ari,
                0.9 as leiden_consensus_ari,
                'modularity above its null' as reason,
                'modularity above its null' as reason_zh;

            create table communities as
            select 'reply' as tie_kind, i < 13 as is_established
            from range(169) as numbers (i);
            """
        )
    with Marts(path) as marts:
        written = Story(marts).compose(Section("communities", COMMUNITIES.parts[:1]))
    assert "Of the 169 found, 13 hold on their own" in written


def test_a_column_is_written_as_it_is_declared(database: Path) -> None:
    def part(story: Story) -> None:
        rows = story.marts.ask(
            "select 0.25 as one, 0.5 as other, 2::bigint as low, 3::bigint as high, "
            "0.00001 as p, 'x' as code"
        )
        columns = (
            share("one"),
            "other",
            interval("low", "high"),
            chance("p"),
            made("code", lambda row: f"<{row['one']}>", "user_count"),
        )
        story.table("crawl.rows", rows, columns)

    with Marts(database) as marts:
        written = Story(marts).compose(Section("crawl", (part,)))
    for words in ("25.0\u00a0%", "0.500", "[2, 3]", "&lt; 0.0001", "&lt;0.25&gt;"):
        assert f">{words}</" in written


def test_a_column_that_the_query_lacks_is_an_error(database: Path) -> None:
    with Marts(database) as marts, pytest.raises(KeyError, match="elsewhere"):
        Story(marts).table("crawl.rows", marts.ask("select 1 as here"), ["elsewhere"])


@pytest.mark.pipeline
@pytest.mark.parametrize("crawl", ["sample", "study", "sqlite", "empty", "single"])
def test_every_code_of_a_build_is_worded(
    crawl: str, built: Callable[[str], Path]
) -> None:
    with Marts(built(crawl)) as marts:
        covariates = marts.ask("select covariate from retention_cox").frame["covariate"]
        verdicts = marts.ask("select verdict from study_replication").frame["verdict"]
        abstained = marts.ask("select abstention_reason from user_anomalies").frame
    for covariate in covariates.unique():
        assert covariate == "(none)" or "zh-Hans" in worded_covariate(covariate)
    for verdict in verdicts.unique():
        assert f"verdict.{verdict}" in texts()
    assert set(abstained["abstention_reason"].dropna()) <= {
        "no posts observed",
        "no counts crawled",
    }


@pytest.mark.pipeline
@pytest.mark.parametrize("crawl", ["sample", "study", "sqlite", "empty", "single"])
def test_the_page_of_a_build_is_light(crawl: str, built: Callable[[str], Path]) -> None:
    with Marts(built(crawl)) as marts:
        page = render(marts)
    assert len(page.encode()) < 3_000_000
    # what is not folded: pictures, and no table
    shown = re.sub(r'<details class="proof">.*?</section>', "", page, flags=re.DOTALL)
    assert len(re.findall("<table", shown)) <= 1


@pytest.mark.parametrize(
    ("chinese", "written"),
    [("\u5173\u7cfb", "zh-Hans"), (None, "no <b>ties"), ("", "no <b>ties")],
)
def test_a_sentence_of_a_mart_stands_in_both_languages(
    chinese: str | None, written: str
) -> None:
    assert written in both({"reason": "no <b>ties", "reason_zh": chinese}, "reason")
    assert both({"reason": None, "reason_zh": None}, "reason") == "\u2013"


def test_a_covariate_is_worded_by_its_parts() -> None:
    words = worded_covariate("group_name: cultural_adapter (against imitator)")
    assert "cultural adapter" in words
    assert "文化适应者" in words
    assert "模仿者" in words
    assert "zh-Hans" not in worded_covariate("no_such_feature")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "\u2013"),
        (1234567, "1,234,567"),
        (0.12345, "0.123"),
        (0.9, "0.900"),
        (4e-19, "0"),
        (-2.0, "\u22122"),
        (999.96, "1,000"),
        (999.4, "999"),
    ],
)
def test_numbers_are_written_for_people(value: float | None, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("positive", "total", "interval"),
    [
        (0, 20, "[0.0\u00a0%, 16.1\u00a0%]"),
        (20, 20, "[83.9\u00a0%, 100.0\u00a0%]"),
        (5, 20, "[11.2\u00a0%, 46.9\u00a0%]"),
        (0, 0, "\u2013"),
    ],
)
def test_the_interval_of_a_share_ends_at_none_and_at_all(
    positive: int, total: int, interval: str
) -> None:
    low, high = (wilson(str(positive), str(total), end) for end in ("low", "high"))
    found = duckdb.sql(f"select {low}, {high}").fetchone()
    assert found
    assert span(*found, percent) == interval


def test_p_values_end_where_they_stop_saying_more() -> None:
    assert p_value(8.5e-112) == "< 0.0001"
    assert p_value(0.0244) == "0.0244"
    assert p_value(None) == "\u2013"


def test_shares_and_intervals_are_written_for_people() -> None:
    assert percent(0.8361) == "83.6\u00a0%"
    assert percent(0.0004) == "0.040\u00a0%"
    assert percent(1 - 1e-7) == "> 99.999\u00a0%"
    assert percent(1e-7) == "< 0.001\u00a0%"
    assert points(0.3487) == "+34.9"
    assert points(-0.05) == "\u22125.0"
    assert points(-0.00001) == "0.0"
    assert span(0.1, None, percent) == "[10.0\u00a0%, \u2013]"
    assert span(None, None) == "\u2013"
    assert of_hundred(0.302) == "30"
    assert of_hundred(0.001) == "< 1"
    assert of_hundred(0.999) == "> 99"
    assert of_hundred(None) == "\u2013"


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (11, 14.0, "[11, 14]"),
        (8.0, 30.36, "[8.0, 30.4]"),
        (1291, 1743, "[1,291, 1,743]"),
        (-28.2, 3, "[\u221228.2, 3.0]"),
        (-0.00001, 2.3, "[0.0, 2.3]"),
        # one observation has no interval
        (399, 399, "\u2013"),
    ],
)
def test_both_ends_of_an_interval_have_the_same_decimals(
    low: float, high: float, written: str
) -> None:
    assert span(low, high) == written


def test_a_rank_is_written_where_the_crawl_settles_it() -> None:
    assert rank(3, 1, 12, 300) == "3"
    assert rank(3, 1, 290, 300) == "\u2013"
    assert rank(3, None, None, 300) == "\u2013"


def test_a_date_is_written_in_words() -> None:
    assert day(dt.date(2025, 1, 14), "en") == "14 January 2025"
    assert day(dt.date(2025, 1, 14), "zh") == "2025\u5e741\u670814\u65e5"


def test_terms_have_their_meaning_at_hand() -> None:
    for wording in texts()["people.who"].values():
        assert re.search(r'<abbr title="[^"<]+">[^<]+</abbr>', wording)
    assert not any("[[" in words for words in _every_wording())


def _every_wording() -> list[str]:
    return [words for wording in texts().values() for words in wording.values()]


def test_a_text_of_the_crawl_is_quoted_short_and_as_text() -> None:
    assert quoted("<b>", 9) == "<blockquote><bdi>&lt;b&gt;</bdi></blockquote>"
    assert quoted("abcdef", 3) == "<blockquote><bdi>abc\u2026</bdi></blockquote>"
    assert quoted(" ", 3) == ""
    assert moment(None) == "\u2013"


def bars(svg: str) -> list[tuple[float, float]]:
    """Left and right end of every bar of a chart, in pixels."""
    found = re.findall(
        r'<path d="M([\d.]+),[\d.]+h([\d.]+)v[\d.]+h-[\d.]+Z" fill="var', svg
    )
    return [(float(x), float(x) + float(width)) for x, width in found]


def day_counts(*days: str) -> pd.DataFrame:
    return pd.DataFrame({"post_date": pd.to_datetime(list(days)), "post_count": 1})


def events(*days: str) -> pd.DataFrame:
    marks = list(range(1, len(days) + 1))
    return pd.DataFrame({"platform_date": pd.to_datetime(list(days)), "mark": marks})


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_bar_is_as_wide_as_its_day_however_few_days_have_posts(size: str) -> None:
    frame = day_counts("2025-01-01", "2025-01-02", "2025-04-10")
    drawn = figure_svg(charts.day_curve(frame, events()), "f", "title", "text")
    part = drawn.split("</svg>")[["wide", "narrow"].index(size)]
    (first, second, last) = bars(part)
    assert first[1] < second[0] < second[1] < last[0]
    day = second[0] - first[0]
    assert first[1] - first[0] == pytest.approx(charts.BAR_SHARE * day, rel=0.01)
    assert last[0] - first[0] == pytest.approx(99 * day, rel=0.01)


def test_many_days_are_drawn_by_week_with_their_year() -> None:
    frame = day_counts("2024-01-01", "2024-01-03", "2024-01-08", "2024-12-31")
    drawn = figure_svg(charts.day_curve(frame, events()), "f", "title", "text")
    assert len(bars(drawn.split("</svg>")[0])) == 3
    assert "Week from" in drawn
    assert re.search(r">2024-\d\d-\d\d<", drawn)
    few = figure_svg(charts.day_curve(frame[:3], events()), "f", "title", "text")
    assert len(bars(few.split("</svg>")[0])) == 3
    assert re.search(r">01-\d\d<", few)


def test_marks_of_events_do_not_cover_each_other() -> None:
    frame = day_counts("2025-01-01", "2025-02-20")
    days = ("2025-01-10", "2025-01-10", "2025-01-11", "2025-02-10")
    drawn = figure_svg(charts.day_curve(frame, events(*days)), "f", "title", "text")
    wide = drawn.split("</svg>")[0]
    marks = r'translate\(([\d.]+),(-[\d.]+)\)"[^>]*vermilion[^>]*>([\d\u2013]+)</text>'
    heights = {mark: float(y) for _, y, mark in re.findall(marks, wide)}
    # two of one day share a label, that of the next day stands above it
    assert set(heights) == {"1\u20132", "3", "4"}
    assert heights["3"] < heights["1\u20132"] == heights["4"]
    assert wide.count('stroke-dasharray="3,3"') == 4


def test_a_figure_is_named_in_the_language_shown(page: str) -> None:
    for title, text in re.findall(
        r'aria-labelledby="(figure[^"]+)" aria-describedby="([^"]+)"', page
    ):
        for name in (title, text):
            (words,) = re.findall(f'id="{name}">(.*?)</(?:b>|figcaption)', page)
            assert 'lang="en"' in words
            assert 'lang="zh-Hans"' in words


def test_a_topics_label_is_cut_on_a_narrow_chart_only() -> None:
    words = "7: " + "abcdefgh" * 4
    frame = pd.DataFrame(
        {"name": [verbatim(words, 40)], "value": [1.0], "low": [0.5], "high": [1.5]}
    )
    drawn = figure_svg(charts.intervals(frame, "post_share"), "f", "title", "text")
    wide, narrow, _ = drawn.split("</svg>")
    assert words in wide
    assert words not in narrow
    assert words[:20] in narrow
