"""Hashtags: the crowd's, the community's, the group's, and those caught from others."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.comments import Threads
from refugee_adaptation.sample.counts import Floats, Ints, quota
from refugee_adaptation.sample.posts import Plan
from refugee_adaptation.sample.published import STRATA, TOP_TAGS
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.users import People, Skeleton, rank_within

#: Share of early posts with an audience that carry a spreading tag from the start.
SEEDED_SHARE = 0.3

#: Kinds of tags whose names people use everywhere.
_CROWD = ("refugee", "viral", "native", "culture", "follow")
_REPLACEABLE = ("rare", "refugee", "viral", "native", "culture")

Strings = npt.NDArray[np.object_]
Words = tuple[str, ...]


@dataclass
class Adoptions:
    """One position per chance to adopt: who, which tag, in which next post.

    `exposures` counts the meetings since the person's post before; `has_room` is false
    where the post has too few tags to take another one.
    """

    person: Ints
    post: Ints
    tag: Strings
    exposures: Ints
    has_room: npt.NDArray[np.bool_]
    is_adopted: npt.NDArray[np.bool_]


@dataclass
class Tags:
    """One position per tag of a post, in order of post and place."""

    post: Ints
    tag: Strings
    kind: Strings
    adoptions: Adoptions


def _zipf(
    rng: np.random.Generator, words: tuple[str, ...], size: int, by: float
) -> Strings:
    weight = 1.0 / np.arange(1, len(words) + 1) ** by
    pool = np.array(words, dtype=object)
    return np.asarray(pool[rng.choice(len(words), size=size, p=weight / weight.sum())])


def _as_published(rng: np.random.Generator, words: Words, size: int) -> Strings:
    """Draw tags whose uses fall off like those of the study's top tags.

    A post carries a tag once, so the most used ones need more draws than uses.
    """
    tail = [14.0 * 0.7**k for k in range(len(words))]
    weight = np.array([*TOP_TAGS[:6], *tail][: len(words)], dtype=np.float64)
    weight[:2] *= 1.6, 2.1
    pool = np.array(words, dtype=object)
    return np.asarray(pool[rng.choice(len(words), size=size, p=weight / weight.sum())])


def _rare(
    rng: np.random.Generator, size: int, is_chinese: npt.NDArray[np.bool_]
) -> Strings:
    heads, tails = v.RARE_HEADS, v.RARE_TAILS
    heads_zh, tails_zh = v.RARE_HEADS_ZH, v.RARE_TAILS_ZH
    draws = rng.integers(0, 1 << 30, (size, 3))
    tags = []
    for chinese, (a, b, c) in zip(is_chinese.tolist(), draws.tolist(), strict=True):
        if chinese:
            first, second = heads_zh[a % len(heads_zh)], heads_zh[b % len(heads_zh)]
            tags.append(f"{first}{second}{tails_zh[c % len(tails_zh)]}{c % 41}")
        else:
            first, second = heads[a % len(heads)], heads[b % len(heads)]
            tags.append(f"{first}{second}{tails[c % len(tails)]}{c % 41}")
    return np.array(tags, dtype=object)


def label(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    skeleton: Skeleton,
    plan: Plan,
    threads: Threads,
) -> Tags:
    """Give every post its tags, without repeats inside a post."""
    post = np.repeat(np.arange(len(plan.tag_count)), plan.tag_count)
    size = len(post)
    place = rank_within(post)
    author = skeleton.author[post]
    strength = min(settings.separation / 3.0, 1.0)
    # Chinese or not: the published share of each wave, led by the group
    score = strength * (plan.latent["chinese"][post] - 1.5 * (place == 0))
    score = score + rng.normal(0, 0.7, size)
    chinese = np.zeros(size, dtype=np.bool_)
    for number, wave in enumerate(STRATA):
        rows = np.flatnonzero(plan.stratum[post] == number)
        chinese[rows] = quota(score[rows], wave.tags_chinese)
    viral = _mixed(strength, (0.34, 0.02, 0.01), 0.16)[people.group[author]]
    native = _mixed(strength, (0.1, 0.2, 0.6), 0.3)[people.group[author]]
    draw = rng.random(size)
    refugee = np.select([place == 0, place == 1], [0.90, 0.08], 0.55)
    community = np.select([place == 0, place == 1], [0.08, 0.86], 0.40)
    kind = np.full(size, "rare", dtype=object)
    kind[draw < refugee + community] = "community"
    kind[draw < refugee] = "refugee"
    second = rng.random(size)
    kind[~chinese & (kind != "community") & (second < viral)] = "viral"
    kind[chinese & (kind != "community") & (second < native)] = "native"
    adapter = people.group[author] == 2
    third = rng.random(size)
    cultured = strength * adapter * 0.4 + (1 - strength) * 0.1
    kind[np.isin(kind, ("native", "rare")) & (third < cultured)] = "culture"
    tag = np.empty(size, dtype=object)
    for name, english, words, steepness in (
        ("refugee", v.REFUGEE_TAGS, v.REFUGEE_TAGS_ZH, 1.8),
        ("viral", v.VIRAL_TAGS, v.NATIVE_TAGS_ZH, 1.8),
        ("native", v.VIRAL_TAGS, v.NATIVE_TAGS_ZH, 0.8),
        ("culture", v.CULTURE_TAGS, v.CULTURE_TAGS_ZH, 0.8),
    ):
        for is_chinese, pool in ((False, english), (True, words)):
            rows = np.flatnonzero((kind == name) & (chinese == is_chinese))
            if name == "refugee" and not is_chinese:
                tag[rows] = _as_published(rng, pool, len(rows))
            else:
                tag[rows] = _zipf(rng, pool, len(rows), steepness)
    loyal = rng.random(size) < settings.tag_loyalty
    anywhere = rng.integers(0, len(v.TAG_COMMUNITIES), size)
    from_community = np.where(loyal, people.tag_community[author], anywhere)
    for number, home in enumerate(v.TAG_COMMUNITIES):
        for is_chinese, pool in ((False, home.english), (True, home.chinese)):
            rows = np.flatnonzero(
                (kind == "community")
                & (from_community == number)
                & (chinese == is_chinese)
            )
            tag[rows] = _zipf(rng, pool, len(rows), 0.25)
    rows = np.flatnonzero(kind == "rare")
    tag[rows] = _rare(rng, len(rows), chinese[rows])
    for name, rows, english, words in (
        (
            "promotion",
            plan.signs["promotion"][author] & (place == 1),
            v.PROMOTION_TAGS,
            v.PROMOTION_TAGS_ZH,
        ),
        (
            "follow",
            plan.flags["follow"][post] & (place == 2) & (draw < 0.5),
            v.FOLLOW_TAGS,
            v.FOLLOW_TAGS_ZH,
        ),
    ):
        for is_chinese, pool in ((False, english), (True, words)):
            chosen = np.flatnonzero(rows & (chinese == is_chinese))
            kind[chosen] = name
            tag[chosen] = _zipf(rng, pool, len(chosen), 0.3)
    _seed(rng, settings, plan, post, place, tag, kind)
    _without_repeats(rng, post, tag, kind, chinese)
    _own_lists(rng, post, tag, kind, chinese)
    adoptions = _adopt(rng, settings, skeleton, threads, post, place, tag, kind)
    return Tags(post, tag, kind, adoptions)


def _mixed(strength: float, groups: tuple[float, float, float], mean: float) -> Floats:
    return mean + strength * (np.array(groups) - mean)


def _seed(
    rng: np.random.Generator,
    settings: Settings,
    plan: Plan,
    post: Ints,
    place: Ints,
    tag: Strings,
    kind: Strings,
) -> None:
    """Start the spreading tags under some early posts with an audience."""
    if not settings.adoption_probability or not settings.comments:
        return
    able = np.flatnonzero(
        (place == 1)
        & (plan.counts[post, 2] >= 5)
        & (plan.wave[post] == 0)
        & (kind != "promotion")
    )
    starts = rng.permutation(able)[
        : max(len(v.SEED_TAGS), round(SEEDED_SHARE * len(able)))
    ]
    for number, row in enumerate(np.sort(starts).tolist()):
        tag[row] = v.SEED_TAGS[number % len(v.SEED_TAGS)]
        kind[row] = "seeded"


def _without_repeats(
    rng: np.random.Generator,
    post: Ints,
    tag: Strings,
    kind: Strings,
    chinese: npt.NDArray[np.bool_],
) -> None:
    """Replace repeats inside a post by tags of the long tail."""
    for _ in range(6):
        folded = [name.casefold() for name in tag.tolist()]
        pairs = pd.DataFrame({"post": post, "tag": folded})
        rows = np.flatnonzero(pairs.duplicated())
        if not len(rows):
            return
        tag[rows] = _rare(rng, len(rows), chinese[rows])
        kind[rows] = "rare"


def _own_lists(
    rng: np.random.Generator,
    post: Ints,
    tag: Strings,
    kind: Strings,
    chinese: npt.NDArray[np.bool_],
) -> None:
    """Give posts that carry several tags of the crowd alone one that nobody else has.

    So no list of two tags or more is one that a real post carries.
    """
    crowd = np.isin(kind, _CROWD)
    size = np.bincount(post)
    alone = (np.bincount(post, weights=crowd) == size) & (size > 1)
    last = np.flatnonzero(np.diff(post, append=-1) != 0)
    rows = last[alone[post[last]]]
    tag[rows] = _rare(rng, len(rows), chinese[rows])
    kind[rows] = "rare"


def _adopt(
    rng: np.random.Generator,
    settings: Settings,
    skeleton: Skeleton,
    threads: Threads,
    post: Ints,
    place: Ints,
    tag: Strings,
    kind: Strings,
) -> Adoptions:
    """Let authors take over spreading tags that they met under somebody's post.

    Every comment under a post that carries a spreading tag is one exposure of the
    commenter. At the commenter's next post the tag is adopted with probability
    1 - (1 - p)^exposures; exposures before an earlier post are spent. Posts are walked
    in order of time, so adopted tags spread further.
    """
    found: list[tuple[int, int, str, int, bool, bool]] = []
    if settings.adoption_probability and len(threads.post):
        carried: dict[int, set[str]] = {}
        slots: dict[int, list[int]] = {}
        for row in np.flatnonzero(kind == "seeded").tolist():
            carried.setdefault(int(post[row]), set()).add(tag[row])
        spare = (place >= 1) | (np.bincount(post)[post] == 1)
        for row in np.flatnonzero(spare & np.isin(kind, _REPLACEABLE)).tolist():
            slots.setdefault(int(post[row]), []).append(row)
        met: dict[int, dict[str, int]] = {}
        used: dict[int, set[str]] = {}
        draws = rng.random((len(skeleton.author), len(v.SEED_TAGS)))
        authors = skeleton.author.tolist()
        comments = zip(threads.post.tolist(), threads.person.tolist(), strict=True)
        before = np.searchsorted(threads.created, skeleton.created)
        news = np.diff(before, prepend=0).tolist()
        for number, (person, new) in enumerate(zip(authors, news, strict=True)):
            for under, who in islice(comments, new):
                if under in carried and authors[under] != who:
                    known = met.setdefault(who, {})
                    for name in carried[under]:
                        known[name] = known.get(name, 0) + 1
            if number in carried:
                used.setdefault(person, set()).update(carried[number])
            if person not in met:
                continue
            exposures = met.pop(person)
            mine = used.setdefault(person, set())
            free = slots.get(number, [])
            for name in sorted(exposures):
                if name in mine:
                    continue
                times_met = exposures[name]
                chance = 1 - (1 - settings.adoption_probability) ** times_met
                adopts = draws[number, v.SEED_TAGS.index(name)] < chance
                found.append(
                    (person, number, name, times_met, bool(free), adopts and bool(free))
                )
                if adopts and free:
                    slot = free.pop()
                    tag[slot], kind[slot] = name, "adopted"
                    carried.setdefault(number, set()).add(name)
                    mine.add(name)
    columns = list(zip(*found, strict=True)) or [(), (), (), (), (), ()]
    return Adoptions(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=object),
        np.array(columns[3], dtype=np.int64),
        np.array(columns[4], dtype=np.bool_),
        np.array(columns[5], dtype=np.bool_),
    )
