"""Assemble a sample: the crawl as raw text, and the truth behind it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from refugee_adaptation.sample import comments, counts, ids, posts, tags, text, users
from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.counts import Bools, Ints
from refugee_adaptation.sample.published import COUNT_NAMES
from refugee_adaptation.sample.settings import (
    GROUPS,
    RETENTION_DAYS,
    SIGNS,
    Settings,
)
from refugee_adaptation.sample.tags import Strings
from refugee_adaptation.sample.users import DAY, START

POST_COLUMNS = (
    *("title", "content", "address", "label", "user_name", "user_id", "like_count"),
    *("collect_count", "comment_count", "share_count", "create_time", "post_id"),
    *("ip_localtion", "post_image", "post_type"),
)
COMMENT_COLUMNS = (
    *("comment_id", "create_time", "ip_location", "note_id", "content", "user_id"),
    *("nickname", "avatar", "sub_comment_count", "pictures", "parent_comment_id"),
    *("last_modify_ts", "like_count"),
)
CAPTURED = START + 60 * DAY  # comments were crawled on 2 March 2025

#: Kinds of broken post rows: (kind, whether the id's time can repair the row).
BROKEN_POSTS = (
    ("post_id_not_hexadecimal", False),
    ("post_id_empty", False),
    ("post_id_too_short", False),
    ("post_id_turned_into_number", False),
    ("user_id_not_hexadecimal", False),
    ("user_id_empty", False),
    ("count_unreadable", False),
    ("count_negative", False),
    ("time_unreadable", True),
    ("time_impossible_date", True),
    ("too_few_fields", False),
    ("too_many_fields", False),
)
BROKEN_COMMENTS = (
    ("comment_id_not_hexadecimal", False),
    ("user_id_empty", False),
    ("post_id_empty", False),
    ("time_unreadable", True),
)


@dataclass(frozen=True)
class Sample:
    """A generated crawl and its truth.

    Attributes:
        posts: Raw text, columns `POST_COLUMNS`, one row per crawled row.
        comments: Raw text, columns `COMMENT_COLUMNS`, one row per crawled row.
        users_truth: One row per person.
        posts_truth: One row per readable post.
        adoptions_truth: One row per chance to adopt a spreading tag met before.
        broken_truth: One row per broken row: table, kind, place in the frame (0-based)
            and whether its time can be repaired from the id.
        words_truth: One row per planted topic word.
        tags_truth: One row per planted tag.
    """

    posts: pd.DataFrame
    comments: pd.DataFrame
    users_truth: pd.DataFrame
    posts_truth: pd.DataFrame
    adoptions_truth: pd.DataFrame
    broken_truth: pd.DataFrame
    words_truth: pd.DataFrame
    tags_truth: pd.DataFrame


def generate(posts: int = 3_000, seed: int = 20250113, **planted: Any) -> Sample:
    """Generate a sample.

    Args:
        posts: Number of distinct, readable posts.
        seed: Seed of every random draw; the same seed gives the same bytes.
        **planted: The other fields of `Settings`.

    Returns:
        The crawl and its truth.

    Raises:
        ValueError: A setting is out of range.
        TypeError: A setting is unknown.
    """
    return build(Settings(posts=posts, seed=seed, **planted), posts, 0)


class _Streams:
    """One random generator per stage, so that stages do not disturb each other."""

    def __init__(self, seed: int, batch: int) -> None:
        self._key = (seed, batch)

    def __getitem__(self, stage: int) -> np.random.Generator:
        return np.random.default_rng([*self._key, stage])


def build(settings: Settings, size: int, batch: int) -> Sample:
    """Generate one batch of `size` posts; batches are independent sub-crawls.

    Args:
        settings: What to plant.
        size: Number of posts of this batch.
        batch: Number of the batch, part of the seed.
    """
    stream = _Streams(settings.seed, batch)
    people, skeleton = users.populate(stream[1], settings, size)
    plan = posts.plan(stream[2], settings, people, skeleton)
    visitors = comments.visit(stream[3], settings, size)
    threads = comments.converse(stream[4], settings, people, skeleton, plan, visitors)
    labels = tags.label(stream[5], settings, people, skeleton, plan, threads)
    titles, bodies, hashtags = text.compose(
        stream[6], settings, people, skeleton, plan, labels
    )
    registered = np.concatenate([people.account_created, visitors.account_created])
    user_ids = np.array(ids.user_ids(stream[7], registered), dtype=object)
    post_ids = np.array(ids.item_ids(stream[8], skeleton.created), dtype=object)
    is_local = np.concatenate([np.zeros(len(people), np.bool_), visitors.is_local])
    names = text.nicknames(stream[9], is_local)
    written, edited = _write_times(stream[10], settings, skeleton)
    crawl = _post_rows(
        stream[11],
        skeleton,
        plan,
        titles,
        bodies,
        hashtags,
        user_ids,
        names,
        written,
        post_ids,
    )
    talk = _comment_rows(
        stream[12],
        settings,
        people,
        plan,
        threads,
        user_ids,
        names,
        post_ids,
        is_local,
        visitors,
    )
    crawl, broken, repeated = _add_warts(stream[13], settings, crawl, plan)
    talk, broken_talk = _add_comment_warts(stream[14], settings, talk)
    truth = _posts_truth(skeleton, plan, user_ids, post_ids, edited, repeated, settings)
    return Sample(
        posts=crawl,
        comments=talk,
        users_truth=_users_truth(people, visitors, skeleton, plan, threads, user_ids),
        posts_truth=truth,
        adoptions_truth=pd.DataFrame(
            {
                "user_id": user_ids[labels.adoptions.person],
                "post_id": post_ids[labels.adoptions.post],
                "hashtag": labels.adoptions.tag,
                "exposure_count": labels.adoptions.exposures,
                "has_room": labels.adoptions.has_room,
                "is_adopted": labels.adoptions.is_adopted,
            }
        ),
        broken_truth=pd.concat([broken, broken_talk], ignore_index=True),
        words_truth=_words_truth(),
        tags_truth=_tags_truth(),
    )


def _write_times(
    rng: np.random.Generator, settings: Settings, skeleton: users.Skeleton
) -> tuple[Ints, Bools]:
    """Times as written: creation, or 1 to 51.6 hours later for a few edited posts."""
    size = len(skeleton.created)
    written = skeleton.created.copy()
    edited = np.zeros(size, np.bool_)
    if settings.warts:
        able = np.flatnonzero(skeleton.created < comments.END - 52 * 3_600)
        edited[rng.permutation(able)[: round(0.0055 * size)]] = True
        later = rng.integers(3_600, round(51.6 * 3_600), size)
        written = np.where(edited, written + later, written)
    return written, edited


def local_times(seconds: Ints) -> list[str]:
    """Write epoch seconds as the study does: `M/D/YYYY H:MM`, platform zone."""
    days, minutes = np.divmod(seconds // 60 + 8 * 60, 24 * 60)
    known, which = np.unique(days, return_inverse=True)
    dates = [f"{t.month}/{t.day}/{t.year}" for t in pd.to_datetime(known, unit="D")]
    return [
        f"{dates[day]} {minute // 60}:{minute % 60:02d}"
        for day, minute in zip(which.tolist(), minutes.tolist(), strict=True)
    ]


def local_time(second: int) -> str:
    """Write one time as `local_times` does."""
    return local_times(np.array([second]))[0]


def utc(seconds: Ints) -> list[str]:
    """Write epoch seconds as ISO times in UTC."""
    return [
        text.replace("T", " ")
        for text in np.datetime_as_string(seconds.astype("datetime64[s]")).tolist()
    ]


def _tokens(rng: np.random.Generator, size: int) -> list[str]:
    letters = np.frombuffer(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype="S1"
    )
    drawn = letters[rng.integers(0, 64, (size, 42))]
    return ["AB" + row.tobytes().decode("ascii") + "=" for row in drawn]


def _post_rows(
    rng: np.random.Generator,
    skeleton: users.Skeleton,
    plan: posts.Plan,
    titles: list[str],
    bodies: list[str],
    hashtags: list[str],
    user_ids: Strings,
    names: list[str],
    written: Ints,
    post_ids: Strings,
) -> pd.DataFrame:
    size = len(titles)
    tokens = _tokens(rng, size)
    pictures = np.where(plan.is_video, 1, np.minimum(rng.geometric(0.6, size), 9))
    author_ids = user_ids[skeleton.author].tolist()
    frame = pd.DataFrame(
        {
            "title": titles,
            "content": bodies,
            "address": [
                f"https://www.xiaohongshu.com/user/profile/{user}"
                f"?xsec_token={token}&xsec_source=pc_note"
                for user, token in zip(author_ids, tokens, strict=True)
            ],
            "label": hashtags,
            "user_name": [names[a] for a in skeleton.author.tolist()],
            "user_id": author_ids,
            **{
                f"{name}_count": counts.written(plan.counts[:, column], plan.is_banded)
                for column, name in enumerate(COUNT_NAMES)
            },
            "create_time": local_times(written),
            "post_id": post_ids.tolist(),
            "ip_localtion": np.where(rng.random(size) < 0.97, "U.S.", "USA").tolist(),
            "post_image": [
                "\n".join(
                    f"https://synthetic.example/{k}" for k in range(1, number + 1)
                )
                for number in pictures.tolist()
            ],
            "post_type": np.where(plan.is_video, "video", "normal").tolist(),
        },
        dtype=object,
    )
    return frame[list(POST_COLUMNS)]


def _comment_rows(
    rng: np.random.Generator,
    settings: Settings,
    people: users.People,
    plan: posts.Plan,
    threads: comments.Threads,
    user_ids: Strings,
    names: list[str],
    post_ids: Strings,
    is_local: Bools,
    visitors: comments.Visitors,
) -> pd.DataFrame:
    size = len(threads.post)
    if not size:
        return pd.DataFrame({name: [] for name in COMMENT_COLUMNS}, dtype=object)
    comment_ids = np.array(ids.item_ids(rng, threads.created), dtype=object)
    person = threads.person
    group = np.concatenate([people.group, np.full(len(visitors), 1)])[person]
    strength = min(settings.separation / 3.0, 1.0)
    chinese = 0.12 + strength * np.array([-0.1, -0.02, 0.38])[group]
    chinese = np.where(is_local[person], 0.75, chinese)
    mixed = np.where(is_local[person], 0.12, 0.04 + 0.12 * strength * (group == 2))
    draw = rng.random(size)
    language = np.select(
        [draw < 0.05, draw < 0.05 + chinese, draw < 0.05 + chinese + mixed],
        [0, 3, 2],
        1,
    )
    contents = text.answer(
        rng, plan, threads, language.astype(np.int64), names, settings.topic_focus
    )
    likes = np.floor(np.exp(rng.normal(0.3, 1.5, size))).astype(np.int64)
    likes = np.where(plan.counts[threads.post, 0] >= 1_000, likes * 12, likes)
    root = threads.parent == comments.NOBODY
    top = _roots(threads.parent)
    replies = np.bincount(top[~root], minlength=size)
    unseen = np.where(replies > 0, rng.geometric(0.6, size) - 1, 0)
    places = _places(rng, is_local, len(people))
    captured = (CAPTURED + np.arange(size) // 5) * 1_000 + rng.integers(0, 999, size)
    parent = np.where(root, "0", comment_ids[np.maximum(threads.parent, 0)])
    return pd.DataFrame(
        {
            "comment_id": comment_ids.tolist(),
            "create_time": [str(s * 1_000) for s in threads.created.tolist()],
            "ip_location": [places[p] for p in person.tolist()],
            "note_id": post_ids[threads.post].tolist(),
            "content": contents,
            "user_id": user_ids[person].tolist(),
            "nickname": [names[p] for p in person.tolist()],
            "avatar": [f"https://synthetic.example/{p}" for p in person.tolist()],
            "sub_comment_count": [
                str(n) for n in np.where(root, replies + unseen, 0).tolist()
            ],
            "pictures": np.where(
                rng.random(size) < 0.02, "https://synthetic.example/c", ""
            ).tolist(),
            "parent_comment_id": parent.tolist(),
            "last_modify_ts": [str(t) for t in captured.tolist()],
            "like_count": counts.written(likes, np.zeros(size, np.bool_)),
        },
        dtype=object,
    )


def _roots(parent: Ints) -> Ints:
    """Find the first-level comment above every comment; parents come first."""
    top = np.where(parent == comments.NOBODY, np.arange(len(parent)), parent)
    for _ in range(8):
        top = top[top]
    return top


def _places(
    rng: np.random.Generator,
    is_local: Bools,
    authors: int,
) -> list[str]:
    pick = rng.integers(0, 1 << 30, len(is_local)).tolist()
    luck = rng.random(len(is_local)).tolist()
    places = []
    for number, local in enumerate(is_local.tolist()):
        if luck[number] < 0.03:
            places.append("")
        elif local:
            places.append(v.IP_CHINA[pick[number] % len(v.IP_CHINA)])
        elif number >= authors and luck[number] > 0.9:
            places.append(v.IP_WORLD[pick[number] % len(v.IP_WORLD)])
        else:
            places.append("美国")
    return places


def _add_warts(
    rng: np.random.Generator, settings: Settings, crawl: pd.DataFrame, plan: posts.Plan
) -> tuple[pd.DataFrame, pd.DataFrame, Bools]:
    """Shuffle the rows; add older captures of a few posts and broken rows."""
    size = len(crawl)
    place = rng.random(size)
    repeated = np.zeros(size, np.bool_)
    broken = pd.DataFrame(columns=["entity", "kind", "is_repairable", "row_number"])
    if not settings.warts:
        order = np.argsort(place, kind="stable")
        return crawl.iloc[order].reset_index(drop=True), broken, repeated
    older = rng.permutation(size)[: round(0.012 * size)]
    repeated[older] = True
    early = crawl.iloc[older].copy()
    for column, name in enumerate(COUNT_NAMES):
        before = np.floor(plan.counts[older, column] * rng.uniform(0.6, 0.95))
        was = counts.written(before.astype(np.int64), plan.is_banded[older])
        early[f"{name}_count"] = was
    early_place = place[older] * rng.random(len(older))
    picks = rng.integers(0, size, len(BROKEN_POSTS))
    bad = crawl.iloc[picks].copy()
    fresh = ids.item_ids(rng, _seconds(bad["post_id"].tolist(), rng))
    bad["post_id"] = fresh
    bad["create_time"] = [local_time(int(text[:8], 16)) for text in fresh]
    bad = bad.reset_index(drop=True)
    for row, (kind, _) in enumerate(BROKEN_POSTS):
        _break_post(bad, row, kind)
    both = pd.concat([crawl, early, bad], ignore_index=True)
    places = np.concatenate([place, early_place, rng.random(len(bad))])
    order = np.argsort(places, kind="stable")
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    broken = pd.DataFrame(
        {
            "entity": "posts",
            "kind": [kind for kind, _ in BROKEN_POSTS],
            "is_repairable": [repairable for _, repairable in BROKEN_POSTS],
            "row_number": position[-len(bad) :] + 1,
        }
    )
    return both.iloc[order].reset_index(drop=True), broken, repeated


def _seconds(post_ids: list[str], rng: np.random.Generator) -> Ints:
    base = np.array([int(text[:8], 16) for text in post_ids], dtype=np.int64)
    return base + rng.integers(1, 50, len(base))


def _break_post(frame: pd.DataFrame, row: int, kind: str) -> None:
    post_id = str(frame.loc[row, "post_id"])
    changes = {
        "post_id_not_hexadecimal": ("post_id", "zz" + post_id[2:]),
        "post_id_empty": ("post_id", ""),
        "post_id_too_short": ("post_id", post_id[:17]),
        "post_id_turned_into_number": ("post_id", "6.78543E+23"),
        "user_id_not_hexadecimal": ("user_id", "anonymous"),
        "user_id_empty": ("user_id", ""),
        "count_unreadable": ("like_count", "many"),
        "count_negative": ("comment_count", "-7"),
        "time_unreadable": ("create_time", "last Tuesday"),
        "time_impossible_date": ("create_time", "2/30/2025 9:15"),
    }
    if kind in changes:
        column, value = changes[kind]
        frame.loc[row, column] = value


def _add_comment_warts(
    rng: np.random.Generator, settings: Settings, talk: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Append newer captures of some comments, and broken rows."""
    broken = pd.DataFrame(columns=["entity", "kind", "is_repairable", "row_number"])
    size = len(talk)
    if not settings.warts or size < 20:
        return talk, broken
    again = talk.iloc[np.sort(rng.permutation(size)[: round(0.006 * size)])].copy()
    again["last_modify_ts"] = [
        str(int(t) + 3_600_000 * 30) for t in again["last_modify_ts"]
    ]
    again["like_count"] = [
        like if like.endswith("万") else str(int(like) + int(more))
        for like, more in zip(
            again["like_count"], rng.integers(0, 9, len(again)), strict=True
        )
    ]
    bad = talk.iloc[rng.integers(0, size, len(BROKEN_COMMENTS))].copy()
    bad = bad.reset_index(drop=True)
    seconds = np.array([int(t) // 1_000 for t in bad["create_time"]], dtype=np.int64)
    bad["comment_id"] = ids.item_ids(rng, seconds)
    bad["parent_comment_id"] = "0"
    for row, (kind, _) in enumerate(BROKEN_COMMENTS):
        column, value = {
            "comment_id_not_hexadecimal": ("comment_id", "comment-one"),
            "user_id_empty": ("user_id", ""),
            "post_id_empty": ("note_id", ""),
            "time_unreadable": ("create_time", "yesterday"),
        }[kind]
        bad.loc[row, column] = value
    whole = pd.concat([talk, again, bad], ignore_index=True)
    broken = pd.DataFrame(
        {
            "entity": "comments",
            "kind": [kind for kind, _ in BROKEN_COMMENTS],
            "is_repairable": [repairable for _, repairable in BROKEN_COMMENTS],
            "row_number": np.arange(len(bad)) + size + len(again) + 1,
        }
    )
    return whole, broken


def _posts_truth(
    skeleton: users.Skeleton,
    plan: posts.Plan,
    user_ids: Strings,
    post_ids: Strings,
    edited: Bools,
    repeated: Bools,
    settings: Settings,
) -> pd.DataFrame:
    names = np.array([topic.name for topic in v.TOPICS], dtype=object)
    return pd.DataFrame(
        {
            "post_id": post_ids,
            "user_id": user_ids[skeleton.author],
            "created_at": utc(skeleton.created),
            "wave": plan.wave + 1,
            "topic": names[plan.topic] if settings.topic_focus else "",
            "language": np.array(posts.LANGUAGES, dtype=object)[plan.language],
            **{
                f"{name}_count": plan.counts[:, column]
                for column, name in enumerate(COUNT_NAMES)
            },
            "is_banded": plan.is_banded & (plan.counts >= 10).any(axis=1),
            **{f"is_{name}": marks for name, marks in plan.flags.items()},
            "is_edited": edited,
            "is_repeated": repeated,
        }
    )


def _users_truth(
    people: users.People,
    visitors: comments.Visitors,
    skeleton: users.Skeleton,
    plan: posts.Plan,
    threads: comments.Threads,
    user_ids: Strings,
) -> pd.DataFrame:
    size, others = len(people), len(visitors)
    total = size + others

    def blank(values: npt.NDArray[Any]) -> list[Any]:
        return [*values.tolist(), *[None] * others]

    signs = np.column_stack([plan.signs[name] for name in SIGNS])
    # a ring copies at one time; a seller promotes, even in a burst, and is no machine
    automated = plan.signs["coordinated"] | (
        plan.signs["burst"] & plan.signs["near_duplicate"]
    )
    listed = [
        "|".join(n for n, on in zip(SIGNS, row, strict=True) if on) for row in signs
    ]
    first_sign = np.array(
        [text.split("|")[0] or "none" for text in listed], dtype=object
    )
    anomaly = np.where(
        first_sign != "none",
        first_sign,
        np.where(
            plan.is_silent, "silent", np.where(plan.is_influencer, "influencer", "none")
        ),
    )
    last_seen = np.zeros(total, np.int64)
    np.maximum.at(last_seen, skeleton.author, skeleton.created)
    np.maximum.at(last_seen, threads.person, threads.created)
    horizon = people.first_post + RETENTION_DAYS * DAY
    stay_end = START + np.minimum(people.last_day, users.DAY_COUNT - 1) * DAY
    mix = {
        f"topic_{topic.name}_share": blank(np.round(plan.topic_mix[:, k], 4))
        for k, topic in enumerate(v.TOPICS)
    }
    frame = pd.DataFrame(
        {
            "user_id": user_ids,
            "role": ["author"] * size + ["commenter"] * others,
            "adaptation_group": blank(np.array(GROUPS, dtype=object)[people.group]),
            "anomaly": blank(anomaly),
            "signs": [*listed, *[""] * others],
            "is_influencer": [*plan.is_influencer.tolist(), *[False] * others],
            "is_silent": [*plan.is_silent.tolist(), *[False] * others],
            "is_bot_like": [*automated.tolist(), *[False] * others],
            "tag_community": blank(
                np.array([c.name for c in v.TAG_COMMUNITIES], dtype=object)[
                    people.tag_community
                ]
            ),
            "reply_community": np.concatenate(
                [people.reply_community, visitors.reply_community]
            ),
            "is_newcomer": np.concatenate([people.is_newcomer, visitors.is_newcomer]),
            "account_created_at": utc(
                np.concatenate([people.account_created, visitors.account_created])
            ),
            "is_adopting_chinese": [*(people.trend > 0).tolist(), *[False] * others],
            "first_post_at": [*utc(people.first_post), *[None] * others],
            "has_early_reply": blank(people.has_early_reply),
            "retention_probability": blank(np.round(special.expit(people.eta), 6)),
            "stay_days": blank(np.round(people.stay_days, 4)),
            "is_retained": blank(people.stay_days > RETENTION_DAYS),
            "last_active_on": [
                *(time[:10] for time in utc(stay_end + 8 * 3_600)),
                *[None] * others,
            ],
            "last_seen_at": [
                time if seen else None
                for time, seen in zip(utc(last_seen), last_seen.tolist(), strict=True)
            ],
            "is_seen_after_horizon": blank(last_seen[:size] >= horizon),
            **mix,
        }
    )
    seen = np.zeros(total, np.bool_)
    seen[skeleton.author] = True
    seen[threads.person] = True
    return frame[seen].reset_index(drop=True)


def _words_truth() -> pd.DataFrame:
    rows = [
        (topic.name, word, script)
        for topic in v.TOPICS
        for script, words in (("latin", topic.english), ("han", topic.chinese))
        for word in words
    ]
    return pd.DataFrame(rows, columns=["topic", "word", "script"])


def _tags_truth() -> pd.DataFrame:
    rows: list[tuple[str, str, str, str]] = []
    for home in v.TAG_COMMUNITIES:
        topic = v.TOPICS[home.topic].name
        rows += [
            (tag, "community", home.name, topic)
            for tag in (*home.english, *home.chinese)
        ]
    for kind, pool in (
        ("refugee", (*v.REFUGEE_TAGS, *v.REFUGEE_TAGS_ZH)),
        ("viral", v.VIRAL_TAGS),
        ("native", v.NATIVE_TAGS_ZH),
        ("culture", (*v.CULTURE_TAGS, *v.CULTURE_TAGS_ZH)),
        ("promotion", (*v.PROMOTION_TAGS, *v.PROMOTION_TAGS_ZH)),
        ("follow", (*v.FOLLOW_TAGS, *v.FOLLOW_TAGS_ZH)),
        ("seeded", v.SEED_TAGS),
    ):
        rows += [(tag, kind, "", "") for tag in pool]
    return pd.DataFrame(rows, columns=["hashtag", "kind", "community", "topic"])
