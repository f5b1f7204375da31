"""The sample is repeatable, has every wart, and its truth fits its data."""

import csv
import io
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from refugee_adaptation.sample import SIGNS, Sample, Settings, generate, writing
from refugee_adaptation.sample.__main__ import main
from refugee_adaptation.sample.generator import (
    BROKEN_COMMENTS,
    BROKEN_POSTS,
    COMMENT_COLUMNS,
    POST_COLUMNS,
)

ROOT = Path(__file__).parents[3]
SEEDS = ROOT / "seeds"
HEX_ID = r"[0-9a-f]{24}"
DAY = 86_400


@pytest.fixture(scope="module")
def sample() -> Sample:
    return generate()


@pytest.fixture(scope="module")
def authors(sample: Sample) -> pd.DataFrame:
    users = sample.users_truth.set_index("user_id")
    return users[users["role"] == "author"]


@pytest.fixture(scope="module")
def posts(sample: Sample) -> pd.DataFrame:
    """Readable posts, newest capture, with their truth and creation second."""
    newest = sample.posts.drop_duplicates("post_id", keep="last")
    truth = sample.posts_truth.drop(
        columns=["user_id", *[c for c in sample.posts_truth if c.endswith("_count")]]
    )
    merged = newest.merge(truth, on="post_id")
    merged["second"] = merged["post_id"].map(lambda text: int(text[:8], 16))
    return merged.sort_values(["second", "post_id"]).reset_index(drop=True)


@pytest.fixture(scope="module")
def comments(sample: Sample) -> pd.DataFrame:
    """Readable comments, one row each, with their second."""
    broken = sample.broken_truth
    bad = broken.loc[broken["entity"] == "comments", "row_number"].astype(int) - 1
    good = sample.comments.drop(index=bad).drop_duplicates("comment_id", keep="last")
    return good.assign(second=good["create_time"].astype("int64") // 1_000)


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


# --- repeatable ---------------------------------------------------------------------


def test_committed_files_are_what_the_generator_writes(
    sample: Sample, tmp_path: Path
) -> None:
    written = writing.write_csv(sample, tmp_path)
    committed = [
        path
        for folder in ("sample", "sample_truth")
        for path in (SEEDS / folder).iterdir()
    ]
    assert {path.relative_to(tmp_path) for path in written} == {
        path.relative_to(SEEDS) for path in committed
    }
    for path in committed:
        assert (tmp_path / path.relative_to(SEEDS)).read_bytes() == path.read_bytes()
    assert sum(path.stat().st_size for path in committed) < 5_000_000


def test_same_seed_same_bytes_other_seed_other_bytes() -> None:
    first, again, other = (generate(200, seed) for seed in (1, 1, 2))
    for name in ("posts", "comments", "users_truth", "adoptions_truth"):
        one, two = getattr(first, name), getattr(again, name)
        assert writing.csv_text(one) == writing.csv_text(two)
    assert writing.csv_text(first.posts) != writing.csv_text(other.posts)


def test_files_are_utf8_with_mark_and_line_feeds(tmp_path: Path) -> None:
    writing.write_csv(generate(60), tmp_path)
    for name in ("posts", "comments"):
        raw = (tmp_path / "sample" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in raw
        raw.decode("utf-8")


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_tiny_samples(size: int) -> None:
    tiny = generate(size)
    assert len(tiny.posts_truth) == size
    assert list(tiny.posts.columns) == list(POST_COLUMNS)
    assert list(tiny.comments.columns) == list(COMMENT_COLUMNS)


def test_without_comments(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "comments.csv").write_text("stale", encoding="utf-8")
    silent = generate(100, comments=False)
    assert silent.comments.empty
    assert (silent.users_truth["role"] == "author").all()
    writing.write_csv(silent, tmp_path)
    assert not (tmp_path / "sample" / "comments.csv").exists()


# --- warts --------------------------------------------------------------------------


def test_every_wart_is_there(sample: Sample) -> None:
    crawl = sample.posts
    counts = pd.Series(crawl.filter(like="_count").to_numpy().ravel())
    for pattern in (r"\d+\.\d万", r"\d+万", r"10\+", r"1千\+", r"1万\+", r"\d+"):
        assert counts.str.fullmatch(pattern).any(), pattern
    text = crawl["title"] + crawl["content"]
    for pattern in (
        r"\[笑哭R\]",
        r"#[^#]+\[话题\]#",
        r"@\w+",
        r"https?://",
        r"\n\t\n",
        r"[A-Za-z].*[\u4e00-\u9fff]",
        r"<script>",
        r"^=HYPERLINK",
        '"',
        r"\\n",
    ):
        assert text.str.contains(pattern).any(), pattern
    assert (crawl["title"] == "").any()
    assert (crawl["content"] == "").any()
    assert crawl["content"].str.fullmatch(r"[ \n]+").any()
    ids = pd.concat([crawl["user_id"], crawl["post_id"]])
    assert ids.str.fullmatch(r"\d{24}").sum() >= 3
    assert ids.str.fullmatch(r"\d+e\d+").sum() >= 3
    assert crawl["post_id"].duplicated().sum() >= 20


def test_repeated_rows_come_later_with_newer_counts(sample: Sample) -> None:
    kept = sample.posts[sample.posts["post_id"].isin(sample.posts_truth["post_id"])]
    pairs = kept[kept["post_id"].duplicated(keep=False)].groupby("post_id")
    plain = 0
    for _, rows in pairs:
        older, newer = rows["like_count"]
        if older.isdigit() and newer.isdigit():
            plain += 1
            assert int(older) <= int(newer)
    assert plain >= 15
    repeated = sample.posts_truth["is_repeated"]
    assert len(pairs) == repeated.sum()


def test_broken_rows_are_listed_and_broken() -> None:
    rows = read(SEEDS / "sample" / "posts.csv")
    truth = pd.read_csv(SEEDS / "sample_truth" / "broken_rows.csv")
    assert set(truth.loc[truth["entity"] == "posts", "kind"]) == {
        kind for kind, _ in BROKEN_POSTS
    }
    assert set(truth.loc[truth["entity"] == "comments", "kind"]) == {
        kind for kind, _ in BROKEN_COMMENTS
    }
    header = rows[0]
    assert header == list(POST_COLUMNS)
    found = {}
    for row_number, row in enumerate(rows[1:], start=1):
        if len(row) != len(header):
            few = len(row) < len(header)
            found[row_number] = "too_few_fields" if few else "too_many_fields"
            continue
        cells = dict(zip(header, row, strict=True))
        post_id, user_id = cells["post_id"], cells["user_id"]
        time = cells["create_time"]
        month, day = [*time.split("/"), "", ""][:2]
        checks = {
            "post_id_empty": post_id == "",
            "post_id_turned_into_number": "E+" in post_id,
            "post_id_too_short": re.fullmatch(r"[0-9a-f]{1,23}", post_id),
            "post_id_not_hexadecimal": len(post_id) == 24
            and not re.fullmatch(HEX_ID, post_id),
            "user_id_empty": user_id == "",
            "user_id_not_hexadecimal": user_id and not re.fullmatch(HEX_ID, user_id),
            "count_unreadable": cells["like_count"].isalpha()
            and cells["like_count"].isascii(),
            "count_negative": cells["comment_count"].startswith("-"),
            "time_unreadable": not month.isdigit(),
            "time_impossible_date": month == "2" and day == "30",
        }
        for kind, is_so in checks.items():
            if is_so:
                found[row_number] = kind
    listed = truth[truth["entity"] == "posts"].set_index("row_number")["kind"].to_dict()
    assert found == listed


def test_ids_are_valid_and_carry_the_time(sample: Sample, posts: pd.DataFrame) -> None:
    truth = sample.posts_truth
    for ids in (truth["post_id"], sample.users_truth["user_id"]):
        assert ids.str.fullmatch(HEX_ID).all()
        assert ids.is_unique
    assert (posts["user_id"].str[:8] <= posts["post_id"].str[:8]).all()
    written = pd.to_datetime(posts["create_time"], format="%m/%d/%Y %H:%M")
    local = pd.to_datetime(posts["second"] + 8 * 3_600, unit="s").dt.floor("min")
    assert ((written == local) == ~posts["is_edited"]).all()
    later = (written - local)[posts["is_edited"]] / pd.Timedelta(hours=1)
    assert 10 <= len(later) <= 25
    assert later.between(0.9, 52).all()
    utc = pd.to_datetime(posts["second"], unit="s")
    assert (utc.dt.strftime("%Y-%m-%d %H:%M:%S") == posts["created_at"]).all()


def test_comments_form_trees(sample: Sample, comments: pd.DataFrame) -> None:
    assert 9_000 <= len(comments) <= 12_500
    second = comments.set_index("comment_id")["second"]
    assert (
        comments["comment_id"].map(lambda c: int(c[:8], 16)) == second.to_numpy()
    ).all()
    replies = comments[comments["parent_comment_id"] != "0"]
    assert len(replies) / len(comments) > 0.3
    parents = comments.set_index("comment_id").loc[replies["parent_comment_id"]]
    assert (parents["note_id"].to_numpy() == replies["note_id"].to_numpy()).all()
    assert (parents["second"].to_numpy() <= replies["second"].to_numpy()).all()
    nested = parents["parent_comment_id"] != "0"
    assert nested.mean() > 0.2
    assert (
        comments["last_modify_ts"].astype("int64") // 1_000 > comments["second"]
    ).all()
    assert comments["note_id"].isin(sample.posts_truth["post_id"]).all()


def test_declared_comments_cover_the_collected(
    posts: pd.DataFrame, comments: pd.DataFrame
) -> None:
    collected = comments["note_id"].value_counts()
    collected = collected.reindex(posts["post_id"], fill_value=0).to_numpy()
    lowest = posts["comment_count"].replace(
        {"10+": "10", "1千+": "1000", "1万+": "10000"}
    )
    exact = [
        float(cell[:-1]) * 10_000 if cell.endswith("万") else float(cell)
        for cell in lowest
    ]
    assert (collected <= np.array(exact)).all()


# --- truth --------------------------------------------------------------------------


def test_truth_names_everybody_once(sample: Sample, comments: pd.DataFrame) -> None:
    named = set(sample.users_truth["user_id"])
    seen = set(sample.posts_truth["user_id"]) | set(comments["user_id"])
    assert named == seen
    assert len(named) == len(sample.users_truth)
    roles = sample.users_truth.set_index("user_id")["role"]
    assert set(roles[roles == "author"].index) == set(sample.posts_truth["user_id"])
    ratio = (roles == "author").sum() / len(sample.posts_truth)
    assert ratio == pytest.approx(0.44, abs=0.01)


def test_silent_and_influencer_truth_is_exact(
    posts: pd.DataFrame, authors: pd.DataFrame
) -> None:
    counts = posts[["like_count", "collect_count", "comment_count", "share_count"]]
    silent_posts = (counts == "0").all(axis=1)
    assert set(posts.loc[silent_posts, "user_id"]) == set(
        authors.index[authors["is_silent"]]
    )
    assert silent_posts[
        posts["user_id"].isin(authors.index[authors["is_silent"]])
    ].all()
    big = posts["like_count"].str.contains("万")
    assert set(posts.loc[big, "user_id"]) == set(
        authors.index[authors["is_influencer"]]
    )


def test_anomaly_signs_show_in_the_data(
    posts: pd.DataFrame, authors: pd.DataFrame
) -> None:
    signs = authors["signs"].str.split("|")
    for name in SIGNS:
        assert 8 <= signs.map(lambda row, name=name: name in row).sum() <= 120, name
    automated = signs.map(
        lambda row: "coordinated" in row or {"burst", "near_duplicate"} <= {*row}
    )
    assert (authors["is_bot_like"] == automated).all()
    shows = {name: signs.index[signs.map(lambda r, n=name: n in r)] for name in SIGNS}
    many = posts["label"].str.count("#") >= 9
    assert set(posts.loc[many, "user_id"]) == set(shows["tag_stuffing"])
    for user in shows["burst"]:
        gaps = posts.loc[posts["user_id"] == user, "second"].diff()
        assert (gaps < 600).sum() >= 2
    text = posts["content"].str.replace(r"#[^#\n]*\[话题\]#", "", regex=True)
    start = text.str.strip().str[:60]
    long = text.str.len() > 80
    for user in shows["near_duplicate"]:
        mine = start[(posts["user_id"] == user) & long]
        assert mine.duplicated().any()
    shared = posts[long].assign(start=start).groupby("start")["user_id"].nunique()
    in_rings = posts[start.isin(shared.index[shared >= 5]) & long]
    assert set(shows["coordinated"]) <= set(in_rings["user_id"])
    for _, ring in in_rings.groupby(start):
        members = ring[ring["user_id"].isin(shows["coordinated"])]
        assert members["second"].max() - members["second"].min() <= 3_600
    promoting = posts[posts["user_id"].isin(shows["promotion"])]
    evidence = (promoting["content"] + promoting["label"]).str.contains(
        r"vx: |deals\d+@|growthagency|accountservices|paidpromo|代运营|涨粉|引流|商单"
    )
    assert evidence.groupby(promoting["user_id"]).any().all()


def test_groups_behave_as_planted(posts: pd.DataFrame, authors: pd.DataFrame) -> None:
    group = posts["user_id"].map(authors["adaptation_group"])
    chinese = posts["language"].isin(["mixed", "zh"]).groupby(group).mean()
    video = (posts["post_type"] == "video").groupby(group).mean()
    asks = posts["is_question"].groupby(group).mean()
    assert chinese["cultural_adapter"] > chinese["social_explorer"] + 0.3
    assert video["imitator"] > video["cultural_adapter"] + 0.5
    assert asks["social_explorer"] > asks["imitator"] + 0.4


def test_separation_zero_plants_no_groups() -> None:
    null = generate(3_000, 3, separation=0.0, warts=False)
    users = null.users_truth.set_index("user_id")
    posts = null.posts_truth.merge(null.posts, on="post_id", suffixes=("", "_raw"))
    group = posts["user_id"].map(users["adaptation_group"])
    for marks in (
        posts["language"].isin(["mixed", "zh"]),
        posts["post_type"] == "video",
        posts["is_question"],
    ):
        by_group = marks.astype(float).groupby(group).mean()
        assert by_group.max() - by_group.min() < 0.07


def test_adopters_of_chinese_write_more_of_it(
    posts: pd.DataFrame, authors: pd.DataFrame
) -> None:
    adapters = authors[authors["adaptation_group"] == "cultural_adapter"]
    mine = posts[posts["user_id"].isin(adapters.index)]
    marks = mine["language"].isin(["mixed", "zh"]).groupby(mine["user_id"])
    several = marks.size() > 1
    gain = (marks.last().astype(int) - marks.first().astype(int))[several]
    adopting = adapters["is_adopting_chinese"].reindex(gain.index).astype(bool)
    assert gain[adopting].mean() > gain[~adopting].mean() + 0.2


def reply_pairs(sample: Sample) -> pd.DataFrame:
    """Who answered whom: commenter and the author of what was answered."""
    talk = sample.comments.drop_duplicates("comment_id", keep="last")
    by_post = sample.posts_truth.set_index("post_id")["user_id"]
    by_comment = talk.set_index("comment_id")["user_id"]
    root = talk["parent_comment_id"] == "0"
    target = (
        talk["note_id"]
        .map(by_post)
        .where(root, talk["parent_comment_id"].map(by_comment))
    )
    pairs = pd.DataFrame({"user": talk["user_id"], "target": target}).dropna()
    return pairs[(pairs["user"] != pairs["target"]) & (pairs["user"] != "")]


@pytest.mark.parametrize(
    ("loyalty", "low", "high"), [(0.9, 0.85, 0.95), (0, 0.10, 0.16)]
)
def test_reply_loyalty(loyalty: float, low: float, high: float) -> None:
    talk = generate(2_000, 5, reply_loyalty=loyalty, warts=False)
    community = talk.users_truth.set_index("user_id")["reply_community"]
    pairs = reply_pairs(talk)
    inside = pairs["user"].map(community) == pairs["target"].map(community)
    assert low <= inside.mean() <= high


@pytest.mark.parametrize(
    ("loyalty", "low", "high"), [(0.9, 0.85, 0.95), (0, 0.10, 0.16)]
)
def test_tag_loyalty(loyalty: float, low: float, high: float) -> None:
    crawl = generate(2_000, 5, tag_loyalty=loyalty, warts=False, comments=False)
    home = crawl.users_truth.set_index("user_id")["tag_community"]
    known = crawl.tags_truth[crawl.tags_truth["kind"] == "community"]
    by_tag = known.set_index("hashtag")["community"]
    tags = crawl.posts.assign(tag=crawl.posts["label"].str.split("#")).explode("tag")
    tags = tags[tags["tag"].isin(by_tag.index)]
    inside = tags["tag"].map(by_tag) == tags["user_id"].map(home)
    assert low <= inside.mean() <= high


def january_newcomers(users: pd.DataFrame) -> pd.DataFrame:
    new = users["is_newcomer"].astype(bool) & (users["role"] == "author")
    return users[new & (users["first_post_at"] < "2025-01-31")]


def test_retention_is_planted(authors: pd.DataFrame) -> None:
    new = january_newcomers(authors)
    stays = new["is_retained"].astype(bool)
    seen = new["is_seen_after_horizon"].astype(bool)
    chance = new["retention_probability"].astype(float)
    assert chance.mean() == pytest.approx(0.15, abs=0.01)
    assert stays.mean() == pytest.approx(0.15, abs=0.03)
    assert seen.mean() > 0.1
    assert not (seen & ~stays).any()  # nobody is seen after leaving
    assert 0.70 <= roc_auc_score(stays, chance) <= 0.80
    assert 0.70 <= roc_auc_score(seen, chance) <= 0.80


def test_no_retention_effect_no_signal() -> None:
    flat = january_newcomers(generate(500, retention_effect=0.0).users_truth)
    assert flat["retention_probability"].astype(float).std() < 1e-9


def test_nobody_acts_outside_the_planted_stay(
    authors: pd.DataFrame, posts: pd.DataFrame, comments: pd.DataFrame
) -> None:
    last = pd.to_datetime(authors["last_active_on"])
    for frame in (posts, comments):
        local = pd.to_datetime(frame["second"] + 8 * 3_600, unit="s").dt.normalize()
        mine = frame["user_id"].isin(authors.index)
        assert (local[mine] <= frame.loc[mine, "user_id"].map(last)).mean() == 1.0
    opening = pd.to_datetime(authors["first_post_at"])
    by_author = comments[comments["user_id"].isin(authors.index)]
    when = pd.to_datetime(by_author["second"], unit="s")
    assert (when >= by_author["user_id"].map(opening)).all()


def test_early_replies_are_there(
    authors: pd.DataFrame, posts: pd.DataFrame, comments: pd.DataFrame
) -> None:
    first = posts.drop_duplicates("user_id")[["post_id", "user_id", "second"]]
    talk = comments.merge(
        first, left_on="note_id", right_on="post_id", suffixes=("", "_post")
    )
    others = talk[talk["user_id"] != talk["user_id_post"]]
    delay = others["second"] - others["second_post"]
    early = set(others.loc[delay <= DAY, "user_id_post"])
    two_days = set(others.loc[delay <= 2 * DAY, "user_id_post"])
    assert early == two_days  # no borderline replies
    planted = set(authors.index[authors["has_early_reply"].astype(bool)])
    assert len(planted ^ early) <= 0.01 * len(authors)


def test_adoption_follows_exposure(sample: Sample, posts: pd.DataFrame) -> None:
    chances = sample.adoptions_truth
    taken = chances[chances["is_adopted"]]
    assert len(taken) >= 40
    label = posts.set_index("post_id")["label"]
    for post_id, tag in zip(taken["post_id"], taken["hashtag"], strict=True):
        assert tag in label[post_id].split("#")
    able = chances[chances["has_room"]]
    rate = able.groupby(able["exposure_count"].clip(upper=2))["is_adopted"].mean()
    assert rate[1] == pytest.approx(0.25, abs=0.08)
    assert rate[2] > rate[1]
    none = generate(500, adoption_probability=0.0)
    seeds = none.tags_truth.loc[none.tags_truth["kind"] == "seeded", "hashtag"]
    used = set(none.posts["label"].str.split("#").explode())
    assert not used & set(seeds)


def test_topic_words_belong_to_the_topic(sample: Sample, posts: pd.DataFrame) -> None:
    words = sample.words_truth
    assert words["word"].is_unique
    assert words["topic"].nunique() == 6
    latin = words[words["script"] == "latin"].set_index("word")["topic"]
    text = (posts["title"] + " " + posts["content"]).str.lower().str.findall(r"[a-z]+")
    rows = text.explode()
    rows = rows[rows.isin(latin.index)]
    same = rows.map(latin) == posts["topic"].reindex(rows.index)
    assert same.mean() == pytest.approx(0.9 + 0.1 / 6, abs=0.03)


# --- large samples and the command line -----------------------------------------------


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(writing, "BATCH", 300)
    return iter([300])


@pytest.mark.usefixtures("small_batches")
def test_parquet_has_a_row_group_per_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writing.write_parquet(Settings(posts=1_000), tmp_path)
    assert "1,000 of 1,000 posts" in capsys.readouterr().err
    file = pq.ParquetFile(tmp_path / "sample" / "posts.parquet")
    assert file.num_row_groups == 4
    truth = pq.read_table(tmp_path / "sample_truth" / "posts.parquet").to_pandas()
    assert len(truth) == 1_000
    assert truth["post_id"].is_unique
    crawl = file.read().to_pandas()
    assert set(truth["post_id"]) <= set(crawl["post_id"])
    assert all(str(field.type) == "string" for field in file.schema_arrow)


@pytest.mark.usefixtures("small_batches")
def test_memory_does_not_grow_with_the_number_of_batches(tmp_path: Path) -> None:
    peaks = []
    for batches in (1, 5):
        tracemalloc.start()
        settings = Settings(posts=300 * batches)
        writing.write_parquet(settings, tmp_path / str(batches), progress=False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.8 * peaks[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("posts", 0),
        ("seed", -1),
        ("separation", -0.1),
        ("tag_loyalty", 1.1),
        ("reply_loyalty", -0.5),
        ("authors_per_post", 0),
    ],
)
def test_settings_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} must"):
        Settings(**{field: value})


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--posts", "50", "--out", str(tmp_path), "--loyalty", "0"]) == 0
    assert "posts.csv" in capsys.readouterr().out
    assert (tmp_path / "sample_truth" / "users.csv").exists()
    with pytest.raises(SystemExit) as stop:
        main(["--posts", "0", "--out", str(tmp_path)])
    assert stop.value.code == 2
    assert "posts must be at least 1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--posts", "60000", "--out", str(tmp_path)])
    assert "--format parquet" in capsys.readouterr().err
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert main(["--posts", "20", "--out", str(blocked)]) == 1
    assert "cannot write" in capsys.readouterr().err
