"""The sample meets the published marginals, wave by wave, and its text is its own."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.sample import Sample, generate
from refugee_adaptation.sample.published import (
    COUNT_NAMES,
    DAILY_ACTIVE_USERS,
    FEBRUARY,
    JANUARY,
    QUANTILE_LEVELS,
    Wave,
)

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ADAPTATION_SHARED_DATA", ROOT.parent / "shared" / "data"))
STUDY = SHARED / "study" / "tt_refugee_content.csv"
MARGINALS = SHARED / "study" / "marginals.json"
DAYS = SHARED / "study" / "daily_active_users.json"
BAND_MIDDLES = {"10+": 100.0, "1千+": 3_162.0, "1万+": 31_623.0}
HAN = r"[\u4e00-\u9fff]"
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]")
FIRST_NEWCOMER_SECOND = 1_736_697_600  # 13 January 2025, 00:00 in Shanghai


@pytest.fixture(scope="module")
def sample() -> Sample:
    return generate()


@pytest.fixture(scope="module")
def accepted(sample: Sample) -> pd.DataFrame:
    """The 3,000 readable posts in their newest capture."""
    newest = sample.posts.drop_duplicates("post_id", keep="last")
    kept = newest[newest["post_id"].isin(sample.posts_truth["post_id"])]
    assert len(kept) == 3_000
    return kept.reset_index(drop=True)


def wave_of(posts: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    written = pd.to_datetime(posts["create_time"], format="%m/%d/%Y %H:%M")
    if wave is JANUARY:
        return posts[(written >= "2025-01-13") & (written < "2025-01-16")]
    return posts[written >= "2025-02-01"]


@pytest.fixture(params=[JANUARY, FEBRUARY], ids=["january", "february"])
def wave(request: pytest.FixtureRequest) -> Wave:
    return request.param


@pytest.fixture
def posts(accepted: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    return wave_of(accepted, wave)


def read_count(cell: str) -> float:
    """Read a cell; a band is read as its geometric middle, as the study's audit did."""
    if cell in BAND_MIDDLES:
        return BAND_MIDDLES[cell]
    return float(cell[:-1]) * 10_000 if cell.endswith("万") else float(cell)


def own_words(text: str) -> str:
    for pattern in (
        r"#[^#\n]*?\[话题\]#",
        r"\[[^\[\]\s]{1,10}\]",
        r"@\S+",
        r"https?://\S+",
    ):
        text = re.sub(pattern, " ", text)
    return text


def language(text: str) -> str:
    han = len(re.findall(HAN, text))
    letters = han + len(re.findall("[A-Za-z]", text))
    if not letters:
        return "none"
    share = han / letters
    return "zh" if share >= 0.8 else "en" if share <= 0.05 else "mixed"


def tags_of(label: str) -> list[str]:
    return [tag for tag in label.split("#") if tag]


@pytest.mark.parametrize("name", COUNT_NAMES)
def test_count_quantiles(posts: pd.DataFrame, wave: Wave, name: str) -> None:
    cells = posts[f"{name}_count"]
    exact = cells[~cells.str.endswith("+")].map(read_count)
    for level, published in zip(QUANTILE_LEVELS, wave.quantiles[name], strict=True):
        measured = float(exact.quantile(level))
        allowed = max(1.0, 0.15 * published if published >= 50 else 1.0)
        assert abs(measured - published) <= allowed, (level, measured, published)


@pytest.mark.parametrize("name", COUNT_NAMES)
def test_zero_shares(posts: pd.DataFrame, wave: Wave, name: str) -> None:
    measured = (posts[f"{name}_count"] == "0").mean()
    assert measured == pytest.approx(wave.zero_share[name], abs=0.02)


def test_rank_correlations(posts: pd.DataFrame, wave: Wave) -> None:
    values = pd.DataFrame({n: posts[f"{n}_count"].map(read_count) for n in COUNT_NAMES})
    measured = values.corr("spearman").to_numpy()[np.triu_indices(4, 1)]
    assert np.abs(measured - np.array(wave.spearman)).max() <= 0.03


def test_languages(posts: pd.DataFrame, wave: Wave) -> None:
    text = (posts["title"] + " " + posts["content"]).map(own_words)
    measured = text.map(language).value_counts(normalize=True)
    for name, published in wave.language.items():
        assert measured.get(name, 0.0) == pytest.approx(published, abs=0.02), name


def share_measures(posts: pd.DataFrame) -> dict[str, float]:
    text = posts["title"] + posts["content"]
    tags = posts["label"].map(tags_of)
    used = [tag for row in tags for tag in row]
    counts = posts[[f"{name}_count" for name in COUNT_NAMES]]
    registered = posts["user_id"].map(lambda user: int(user[:8], 16))
    return {
        "video": float((posts["post_type"] == "video").mean()),
        "title_missing": float((posts["title"] == "").mean()),
        "content_missing": float((posts["content"] == "").mean()),
        "content_blank": float((posts["content"].str.strip() == "").mean()),
        "tags_zero": float((tags.map(len) == 0).mean()),
        "tags_chinese": float(np.mean([bool(re.search(HAN, tag)) for tag in used])),
        "tags_inline": float(
            posts["content"].str.contains("[话题]", regex=False).mean()
        ),
        "emoji": float(text.map(lambda t: bool(EMOJI.search(t))).mean()),
        "sticker": float(text.str.contains(r"\[(?!话题)[^\[\]]{1,8}\]").mean()),
        "newcomer": float((registered >= FIRST_NEWCOMER_SECOND).mean()),
        "banded_rows": float(
            counts.apply(lambda row: row.str.endswith("+").any(), axis=1).mean()
        ),
    }


def test_shares(posts: pd.DataFrame, wave: Wave) -> None:
    for name, measured in share_measures(posts).items():
        assert measured == pytest.approx(getattr(wave, name), abs=0.02), name


def test_tags_per_post(posts: pd.DataFrame, wave: Wave) -> None:
    counts = posts["label"].map(tags_of).map(len)
    for level, published in zip(QUANTILE_LEVELS, wave.tags, strict=True):
        assert abs(float(counts.quantile(level)) - published) <= 1, level


def test_text_lengths_are_close(posts: pd.DataFrame, wave: Wave) -> None:
    body = posts["content"].map(own_words).str.strip().str.len()
    for level, published in zip((0.5, 0.75, 0.95), wave.body_length[2:], strict=True):
        assert float(body.quantile(level)) == pytest.approx(published, rel=0.45), level
    title = posts["title"].str.len()
    assert float(title.quantile(0.5)) == pytest.approx(wave.title_length[1], abs=4)
    assert title.max() <= 40


def test_band_rule(posts: pd.DataFrame, wave: Wave) -> None:
    cells = posts[[f"{name}_count" for name in COUNT_NAMES]]
    banded = cells.apply(lambda row: row.str.endswith("+").any(), axis=1)
    for row in cells[banded].to_numpy().tolist():
        for cell in row:
            assert cell.endswith("+") or int(cell) <= 9
    bands = set(cells.to_numpy().ravel()) & set(BAND_MIDDLES)
    assert bands == (set(BAND_MIDDLES) if wave is FEBRUARY else set())


def test_days_follow_the_daily_active_users(sample: Sample) -> None:
    local = pd.to_datetime(sample.posts_truth["created_at"]) + pd.Timedelta(hours=8)
    days = pd.date_range("2025-01-01", "2025-02-28")
    measured = local.dt.normalize().value_counts().reindex(days, fill_value=0)
    expected = 3_000 * np.array(DAILY_ACTIVE_USERS) / sum(DAILY_ACTIVE_USERS)
    assert np.abs(measured.to_numpy() - expected).max() <= 1
    assert str(measured.idxmax().date()) == "2025-01-15"


def test_hours_are_those_of_people_in_the_united_states(accepted: pd.DataFrame) -> None:
    second = accepted["post_id"].map(lambda post: int(post[:8], 16))
    eastern = ((second // 3_600) - 5) % 24
    share = eastern.value_counts(normalize=True).reindex(range(24), fill_value=0)
    assert share.loc[19:23].sum() > 3 * share.loc[3:7].sum()


@pytest.mark.skipif(not MARGINALS.exists(), reason="the study's aggregates are absent")
def test_published_numbers_are_copied_right() -> None:
    published = json.loads(MARGINALS.read_text(encoding="utf-8"))
    for wave, key in ((JANUARY, "W1"), (FEBRUARY, "W2")):
        source = published[key]
        for name in COUNT_NAMES:
            assert list(wave.quantiles[name]) == source[name]["q_exact"]
            assert wave.zero_share[name] == pytest.approx(
                source[name]["zero"], abs=1e-3
            )
        matrix = np.array(source["spearman"])[np.triu_indices(4, 1)]
        assert list(wave.spearman) == pytest.approx(matrix.tolist(), abs=1e-9)
        assert dict(wave.language) == source["lang"]
        for ours, theirs in {
            "video": "video",
            "title_missing": "title_missing",
            "content_missing": "content_missing",
            "content_blank": "content_blank",
            "tags_zero": "tags_zero",
            "tags_chinese": "zh_tag_share",
            "tags_inline": "inline_tag_fmt",
            "emoji": "emoji_any",
            "sticker": "sticker_any",
            "newcomer": "new_acct",
        }.items():
            assert getattr(wave, ours) == pytest.approx(source[theirs], abs=1e-9), ours
        assert list(wave.tags) == source["n_tags_q"]


@pytest.mark.skipif(not DAYS.exists(), reason="the study's day curve is absent")
def test_day_curve_is_copied_right() -> None:
    published = json.loads(DAYS.read_text(encoding="utf-8"))
    assert list(DAILY_ACTIVE_USERS[: len(published)]) == list(published.values())


def five_grams(texts: Iterable[str]) -> set[tuple[str, ...]]:
    """Runs of five words; a Chinese character is a word, tags and stickers are none."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        bare = re.sub(r"#[^#\n]*?\[话题\]#|#\S+|\[[^\[\]\s]{1,10}\]", " ", text)
        words = re.findall(rf"[a-z0-9']+|{HAN}", bare.lower())
        found |= {tuple(words[k : k + 5]) for k in range(len(words) - 4)}
    return found


def test_five_gram_check_finds_a_copied_sentence() -> None:
    real = five_grams(["Once upon a time there was a crow", "从前有一座山"])
    assert five_grams(["they say a TIME there was a fox"]) & real
    assert five_grams(["听说从前有一座桥"]) & real
    assert (
        not five_grams(["once upon a hill there stood a crow", "从前有两座山"]) & real
    )


@pytest.mark.skipif(not STUDY.exists(), reason="the study's posts are absent")
def test_no_five_words_in_a_row_from_the_real_posts(sample: Sample) -> None:
    real = pd.read_csv(STUDY, dtype=str, keep_default_na=False)
    ours = five_grams(
        [*sample.posts["title"], *sample.posts["content"], *sample.comments["content"]]
    )
    theirs = five_grams([*real["title"], *real["content"]])
    assert len(ours) > 10_000
    assert len(theirs) > 10_000
    assert not ours & theirs
