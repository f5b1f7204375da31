"""A drafted crawl in arrays, and the same as the text that crawlers write."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TextIO

import numpy as np

from refugee_adaptation.planted.worlds import words
from refugee_adaptation.shared.arrays import BoolArray, IntArray

DAY = 86_400
PLATFORM = timezone(timedelta(hours=8))
#: 13 January 2025, midnight of the platform's zone: the first day of the early wave.
START = int(datetime(2025, 1, 13, tzinfo=PLATFORM).timestamp())
END = START + 47 * DAY
CAPTURED = START + 48 * DAY
POST_FIELDS = (
    *("title", "content", "address", "label", "user_name", "user_id", "like_count"),
    *("collect_count", "comment_count", "share_count", "create_time", "post_id"),
    *("ip_localtion", "post_image", "post_type"),
)
COMMENT_FIELDS = (
    *("comment_id", "create_time", "ip_location", "note_id", "content", "user_id"),
    *("nickname", "avatar", "sub_comment_count", "pictures", "parent_comment_id"),
    *("last_modify_ts", "like_count"),
)


@dataclass
class Draft:
    """A crawl in arrays; posts and comments are rows, people are numbers.

    Attributes:
        registered: Registration of every person, epoch seconds; comes first whoever
            posts, then who only comments.
        author: Person of every post.
        second: Creation of every post, epoch seconds.
        is_video: Its format.
        is_marked: Whether its text shows its hashtags, as one way of crawling does.
        texts: Its text.
        tags: Its hashtags.
        counts: Likes, saves, comments and shares, shape (posts, 4).
        comment_post: Post of every comment.
        comment_person: Who wrote it.
        comment_second: When, after its post.
        comment_parent: The comment it answers, -1 for none.
    """

    registered: IntArray
    author: IntArray
    second: IntArray
    is_video: BoolArray
    is_marked: BoolArray
    texts: list[str]
    tags: list[list[str]]
    counts: IntArray
    comment_post: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    comment_person: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    comment_second: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    comment_parent: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))


def keep_posts(draft: Draft, kept: BoolArray) -> Draft:
    """Leave posts out, and the comments under them.

    Args:
        draft: A crawl.
        kept: Of every post, shape (posts,).

    Returns:
        A crawl of the kept posts; declared counts stay.
    """
    place = np.cumsum(kept) - 1
    stays = kept[draft.comment_post]
    reply_place = np.append(np.cumsum(stays) - 1, -1)
    rows = np.flatnonzero(kept).tolist()
    return Draft(
        registered=draft.registered,
        author=draft.author[kept],
        second=draft.second[kept],
        is_video=draft.is_video[kept],
        is_marked=draft.is_marked[kept],
        texts=[draft.texts[row] for row in rows],
        tags=[draft.tags[row] for row in rows],
        counts=draft.counts[kept],
        comment_post=place[draft.comment_post[stays]],
        comment_person=draft.comment_person[stays],
        comment_second=draft.comment_second[stays],
        comment_parent=reply_place[draft.comment_parent[stays]],
    )


def add_posts(
    draft: Draft,
    *,
    registered: IntArray,
    author: IntArray,
    second: IntArray,
    is_video: bool,
    texts: list[str],
    tags: list[list[str]],
    counts: IntArray,
) -> Draft:
    """Add people and posts of theirs; `author` counts the new people from 0."""
    size = len(author)
    return Draft(
        registered=np.concatenate([draft.registered, registered]),
        author=np.concatenate([draft.author, author + len(draft.registered)]),
        second=np.concatenate([draft.second, second]),
        is_video=np.concatenate([draft.is_video, np.full(size, is_video)]),
        is_marked=np.concatenate([draft.is_marked, np.arange(size) % 2 == 0]),
        texts=draft.texts + texts,
        tags=draft.tags + tags,
        counts=np.concatenate([draft.counts, counts]),
        comment_post=draft.comment_post,
        comment_person=draft.comment_person,
        comment_second=draft.comment_second,
        comment_parent=draft.comment_parent,
    )


def write_crawl(draft: Draft, folder: Path, seed: int) -> None:
    """Write a crawl: posts as the study's file has them, comments as MediaCrawler does.

    Args:
        draft: The crawl.
        folder: An existing folder; `posts.csv` and, if there are comments,
            `comments.csv` in it are replaced.
        seed: Seed of what is random in ids.
    """
    rng = np.random.default_rng([seed, 99])
    people = _person_ids(rng, draft.registered)
    posts = _item_ids(rng, draft.second)
    comments = _item_ids(rng, draft.comment_second)
    with _opened(folder / "posts.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(POST_FIELDS)
        writer.writerows(_post_row(draft, row, people, posts) for row in _rows(posts))
    path = folder / "comments.csv"
    path.unlink(missing_ok=True)
    if comments:
        replies = np.bincount(
            draft.comment_parent[draft.comment_parent >= 0], minlength=len(comments)
        ).tolist()
        with _opened(path) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COMMENT_FIELDS)
            for row in _rows(comments):
                parent = int(draft.comment_parent[row])
                person = int(draft.comment_person[row])
                writer.writerow(
                    [
                        comments[row],
                        int(draft.comment_second[row]) * 1000,
                        "",
                        posts[int(draft.comment_post[row])],
                        words.ENGLISH[row % len(words.ENGLISH)],
                        people[person],
                        f"person {person}",
                        "",
                        replies[row],
                        "",
                        comments[parent] if parent >= 0 else "0",
                        CAPTURED * 1000,
                        0,
                    ]
                )


def person_ids(draft: Draft, seed: int) -> list[str]:
    """The platform's ids of people, as `write_crawl` writes them with that seed."""
    return _person_ids(np.random.default_rng([seed, 99]), draft.registered)


def _person_ids(rng: np.random.Generator, registered: IntArray) -> list[str]:
    tails = rng.choice(1 << 40, len(registered), replace=False).tolist()
    return [
        f"{second:08x}{tail:016x}"
        for second, tail in zip(registered.tolist(), tails, strict=True)
    ]


def _post_row(
    draft: Draft, row: int, people: list[str], posts: list[str]
) -> list[object]:
    person = people[int(draft.author[row])]
    at = datetime.fromtimestamp(int(draft.second[row]), tz=UTC).astimezone(PLATFORM)
    shown = draft.is_marked[row]
    marks = [f"#{tag}[话题]#" for tag in draft.tags[row]] if shown else []
    likes, saves, comments, shares = draft.counts[row].tolist()
    return [
        "",
        " ".join([draft.texts[row], *marks]),
        f"https://www.xiaohongshu.com/user/profile/{person}",
        "#".join(draft.tags[row]),
        f"person {draft.author[row]}",
        person,
        *(likes, saves, comments, shares),
        f"{at.month}/{at.day}/{at.year} {at.hour}:{at.minute:02d}",
        posts[row],
        "U.S.",
        f"https://synthetic.example/{row}",
        "video" if draft.is_video[row] else "normal",
    ]


def _item_ids(rng: np.random.Generator, seconds: IntArray) -> list[str]:
    tails = rng.choice(1 << 44, len(seconds), replace=False).tolist()
    return [
        f"{second:08x}{tail:016x}"
        for second, tail in zip(seconds.tolist(), tails, strict=True)
    ]


def _rows(listed: list[str]) -> range:
    return range(len(listed))


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
