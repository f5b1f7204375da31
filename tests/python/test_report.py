"""The report: hostile text stays text, evidence runs, nothing missing breaks it."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from refugee_adaptation.report import charts
from refugee_adaptation.report.__main__ import main
from refugee_adaptation.report.charts import figure_svg
from refugee_adaptation.report.marts import Marts, MartsError, NotBuiltError
from refugee_adaptation.report.page import render
from refugee_adaptation.report.sections import SECTIONS
from refugee_adaptation.report.sections.communities import COMMUNITIES
from refugee_adaptation.report.sections.groups import ADAPTATION
from refugee_adaptation.report.sections.short import SHORT
from refugee_adaptation.report.sections.topics import TOPICS
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import LANGUAGES, say, texts, verbatim
from refugee_adaptation.report.wording import moment, number, p_value, percent, span
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
    blocks = len(re.findall(r"<figure |<table>|<p class=\"lead\">", main_part))
    named = len(re.findall(r'<details class="evidence"><summary>.*?<code>', main_part))
    assert blocks > 3
    assert named >= blocks


def test_a_build_without_marts_still_gives_a_page(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    with Marts(path) as marts:
        page = render(marts)
    for section in SECTIONS:
        assert f'id="{section.key}"' in page
    assert page.count('class="notice"') >= len(SECTIONS)
    assert "this build has no" in page


def test_an_empty_mart_says_so(database: Path) -> None:
    def part(story: Story) -> None:
        story.table("crawl.rows", story.marts.ask("select * from fct_comments"))

    with Marts(database) as marts:
        told = Story(marts).tell(Section("crawl", (part,)))
    assert "fct_comments is empty" in told


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
    assert "&lt;b&gt;" in say("common.because", reason="<b>")


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
        marts.ask("drop table fct_posts")


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
    assert topics.count("<figure") == 3
    assert "2 topics hold in 20 posts" in topics
    assert html.escape(HOSTILE[0][:14]) in topics


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
        select 0.01 as lift_score, 20 as post_count
        """
    )
    connection.close()
    with Marts(path) as marts:
        told = Story(marts).tell(Section("topics", TOPICS.parts[:2]))
    assert "No topics are claimed: of 1 topic models" in told
    assert "<figure" not in told


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
                false as is_shown
            where {tried}
            """
        )
    with Marts(path) as marts:
        told = Story(marts).tell(Section("adaptation", ADAPTATION.parts[:1]))
    assert said in told


@pytest.mark.parametrize(
    ("early", "low", "said"),
    [(1, "null::double", "number 1, too few"), (30, "-0.95", "first wave")],
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
        told = Story(marts).tell(Section("adaptation", ADAPTATION.parts[3:]))
    assert said in told
    assert ("<table" in told) == (early >= 10)


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
        told = Story(marts).tell(SHORT)
    assert ("synthetic sample" in told) == is_synthetic


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
                'modularity above its null' as reason;

            create table communities as
            select 'reply' as tie_kind, i < 13 as is_established
            from range(169) as numbers (i);
            """
        )
    with Marts(path) as marts:
        told = Story(marts).tell(Section("communities", COMMUNITIES.parts[:1]))
    assert "Of the 169 found, 13 hold on their own" in told


def test_fractions_are_shares_only_where_the_row_says_so(database: Path) -> None:
    def part(story: Story) -> None:
        rows = story.marts.ask(
            "select * from (values ('a', 0.25), ('b', 0.5)) as t (name, value)"
        )
        story.table("crawl.rows", rows, percent_rows=lambda row: row["name"] == "a")

    with Marts(database) as marts:
        told = Story(marts).tell(Section("crawl", (part,)))
    assert "25.0\u00a0%" in told
    assert "0.500" in told


@pytest.mark.pipeline
@pytest.mark.parametrize("crawl", ["sample", "study", "empty"])
def test_every_finding_is_worded_in_chinese(
    crawl: str, built: Callable[[str], Path]
) -> None:
    with Marts(built(crawl)) as marts:
        rows = marts.ask("select finding_id, metric from findings").some().rows
    for row in rows:
        assert f"finding.{row['finding_id']}" in texts()
        assert f"finding_metric.{row['metric']}" in texts()


@pytest.mark.pipeline
def test_the_chinese_words_the_claim_that_is_made(
    built: Callable[[str], Path],
) -> None:
    def plain(words: str) -> str:
        return re.sub(r"\d+", "#", words)

    with Marts(built("sample")) as marts:
        rows = marts.ask("select finding_id, claim from findings").some().rows
    for row in rows:
        english = texts()[f"finding.{row['finding_id']}"]["en"]
        assert plain(english) == plain(row["claim"])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "\u2013"),
        (1234567, "1,234,567"),
        (0.12345, "0.123"),
        (0.9, "0.900"),
        (4e-19, "0"),
        (-2.0, "\u22122"),
    ],
)
def test_numbers_are_written_for_people(value: float | None, written: str) -> None:
    assert number(value) == written


def test_p_values_end_where_they_stop_saying_more() -> None:
    assert p_value(8.5e-112) == "< 0.0001"
    assert p_value(0.0244) == "0.0244"
    assert p_value(None) == "\u2013"


def test_shares_and_intervals_are_written_for_people() -> None:
    assert percent(0.8361) == "83.6\u00a0%"
    assert percent(0.0004) == "0.040\u00a0%"
    assert span(0.1, None, share=True) == "[10.0\u00a0%, \u2013]"
    assert span(None, None) == "\u2013"
    assert moment(None) == "\u2013"


def bars(svg: str) -> list[tuple[float, float]]:
    """Left and right end of every bar of a chart, in pixels."""
    found = re.findall(r'roledescription="bar" d="M([\d.]+),[\d.]+h([\d.]+)', svg)
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
    part = drawn.split("</svg>")[list(charts.WIDTHS).index(size)]
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
    marks = r'translate\(([\d.]+),(-[\d.]+)\)"[^>]*>([\d\u2013]+)</text>'
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
    drawn = figure_svg(charts.intervals(frame, "topic_share"), "f", "title", "text")
    wide, narrow, _ = drawn.split("</svg>")
    assert words in wide
    assert words not in narrow
    assert words[:20] in narrow
