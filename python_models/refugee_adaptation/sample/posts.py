"""What each post is like: behaviour of its author's group, counts, anomalies."""

from dataclasses import dataclass

import numpy as np

from refugee_adaptation.sample import counts
from refugee_adaptation.sample.counts import Bools, Floats, Ints, quota, take_in_order
from refugee_adaptation.sample.published import (
    COUNT_NAMES,
    FEBRUARY_DAY,
    QUANTILE_LEVELS,
    STRATA,
    TEXT_LEVELS,
    Wave,
)
from refugee_adaptation.sample.settings import SIGNS, Settings
from refugee_adaptation.sample.users import People, Skeleton, strata
from refugee_adaptation.sample.vocabulary import TAG_COMMUNITIES, TOPICS

LANGUAGES = ("none", "en", "mixed", "zh")
INFLUENCER_LIKES = 10_000
MANY_TAGS = 10
RING_SIZE = 5
RING_SECONDS = 3_600

#: How far each behaviour of (imitator, social explorer, cultural adapter) is moved, in
#: units of `separation`.
BEHAVIOUR = {
    "chinese": (-0.5, -0.05, 1.0),
    "words": (-0.6, 0.4, 0.5),
    "video": (0.8, -0.1, -0.9),
    "greeting": (-0.8, 1.0, -0.6),
    "question": (-0.8, 1.0, -0.5),
    "follow": (-0.6, 1.0, -0.8),
    "culture": (-0.7, -0.5, 1.0),
    "save": (-0.6, -0.5, 1.0),
    "like": (0.0, 0.0, 0.0),
    "collect": (-0.4, -0.5, 1.0),
    "comment": (-0.5, 1.0, -0.5),
    "share": (0.3, -0.2, -0.1),
}


@dataclass
class Plan:
    """Everything about the posts of a batch except their text and tags."""

    stratum: Ints
    wave: Ints
    latent: dict[str, Floats]
    language: Ints
    has_title_words: Bools
    has_body_words: Bools
    is_title_missing: Bools
    is_content_missing: Bools
    body_length: Ints
    title_length: Ints
    is_video: Bools
    flags: dict[str, Bools]
    has_emoji: Bools
    has_sticker: Bools
    tag_count: Ints
    is_inline: Bools
    counts: Ints
    is_banded: Bools
    topic: Ints
    topic_mix: Floats
    signs: dict[str, Bools]
    ring: Ints
    is_influencer: Bools
    is_silent: Bools


def behaviour(
    rng: np.random.Generator, settings: Settings, people: People, skeleton: Skeleton
) -> dict[str, Floats]:
    """Score every behaviour of every post: group effect + person + post."""
    scores = {}
    for name, weights in BEHAVIOUR.items():
        effect = settings.separation * np.array(weights)[people.group]
        person = rng.normal(0, 0.5, len(people))
        scores[name] = (
            effect[skeleton.author]
            + person[skeleton.author]
            + rng.normal(0, 0.85, len(skeleton.author))
        )
    since = skeleton.day - people.first_day[skeleton.author]
    drift = people.trend[skeleton.author] * (3.5 * np.minimum(since / 12, 1.0) - 1.8)
    scores["chinese"] = scores["chinese"] + min(settings.separation, 1.0) * drift
    return scores


def _fill(total: int, share: float) -> int:
    return min(total, round(share * total))


def _words_and_language(
    rng: np.random.Generator, wave: Wave, latent: dict[str, Floats], rows: Ints
) -> tuple[Bools, Bools, Ints]:
    """Deal own words in title and body, and the language, to the posts of one wave."""
    size = len(rows)
    order = rows[np.argsort(-latent["words"][rows], kind="stable")]
    none = _fill(size, wave.language["none"])
    body, title = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    # most words first: both, then body only or title only, then none
    both = max(0, _fill(size, wave.body_words + wave.title_words - 1) + none)
    body_only = max(0, _fill(size, wave.body_words) - both)
    body[: both + body_only] = True
    title[:both] = True
    title[both + body_only : size - none] = True
    has_body = np.zeros(len(latent["words"]), np.bool_)
    has_title = np.zeros(len(latent["words"]), np.bool_)
    has_body[order], has_title[order] = body, title
    worded = rows[(has_body | has_title)[rows]]
    language = np.zeros(len(latent["words"]), np.int64)
    values = np.repeat(
        [1, 2, 3],
        [
            len(worded)
            - _fill(size, wave.language["mixed"])
            - _fill(size, wave.language["zh"]),
            _fill(size, wave.language["mixed"]),
            _fill(size, wave.language["zh"]),
        ],
    )
    noise = rng.normal(0, 0.3, len(worded))
    language[worded] = take_in_order(values, latent["chinese"][worded] + noise)
    return has_body, has_title, language


def _deal_lengths(
    rng: np.random.Generator,
    rows: Ints,
    values: tuple[float, ...],
    empty: float,
    lean: Floats,
) -> Ints:
    """Deal text lengths to `rows`, the longer ones to those that `lean` prefers.

    `empty` is the share of all posts without text.
    """
    size = len(rows)
    at = empty + (1 - empty) * (np.arange(size) + 0.5) / max(size, 1)
    pairs = zip(TEXT_LEVELS, values, strict=True)
    known = [(p, v) for p, v in pairs if p > empty and v > 3]
    lengths = np.exp(
        np.interp(
            at, [empty, *[p for p, _ in known]], np.log([3, *[v for _, v in known]])
        )
    )
    dealt = np.round(lengths).astype(np.int64)
    return take_in_order(dealt, rng.random(size) + lean)


def plan(
    rng: np.random.Generator, settings: Settings, people: People, skeleton: Skeleton
) -> Plan:
    """Decide everything about the posts of a batch except their text and tags."""
    size = len(skeleton.author)
    latent = behaviour(rng, settings, people, skeleton)
    wave = (skeleton.day >= FEBRUARY_DAY).astype(np.int64)
    stratum = strata(skeleton.day)
    has_body, has_title = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    language = np.zeros(size, np.int64)
    missing_title, missing_content = has_body.copy(), has_body.copy()
    body_length, title_length = np.zeros(size, np.int64), np.zeros(size, np.int64)
    video, emoji, sticker = has_body.copy(), has_body.copy(), has_body.copy()
    tag_count, inline = np.zeros(size, np.int64), has_body.copy()
    flags = {
        name: np.zeros(size, np.bool_)
        for name in ("greeting", "question", "follow", "culture", "save")
    }
    banded = np.zeros(size, np.bool_)
    dealt = np.zeros((size, 4), np.int64)
    silent_author = _silent_authors(rng, people, skeleton, stratum)
    is_silent = silent_author[skeleton.author]
    for number, marginals in enumerate(STRATA):
        rows = np.flatnonzero(stratum == number)
        if not len(rows):
            continue
        february = number == 2
        body, title, speech = _words_and_language(rng, marginals, latent, rows)
        has_body[rows], has_title[rows] = body[rows], title[rows]
        language[rows] = speech[rows]
        # titles without words are missing, or a lone emoji
        bare = rows[~has_title[rows]]
        wanted = _fill(len(rows), marginals.title_missing)
        missing_title[rng.permutation(bare)[:wanted]] = True
        blank = rows[~has_body[rows]]
        wanted = _fill(len(rows), marginals.content_missing)
        missing_content[rng.permutation(blank)[:wanted]] = True
        worded = rows[has_body[rows]]
        body_length[worded] = _deal_lengths(
            rng,
            worded,
            marginals.body_length,
            1 - len(worded) / len(rows),
            np.zeros(len(worded)),
        )
        worded = rows[has_title[rows]]
        title_length[worded] = _deal_lengths(
            rng,
            worded,
            marginals.title_length,
            1 - len(worded) / len(rows),
            np.where(has_body[worded], 0.0, 0.1 if february else 0.25),
        )
        video[rows] = quota(latent["video"][rows], marginals.video)
        shares = (
            ("greeting", marginals.greeting),
            ("question", 0.22),
            ("follow", 0.10),
            ("culture", 0.07 + 0.10 * february),
            ("save", 0.08 + 0.06 * february),
        )
        worded = rows[(has_body | has_title)[rows]]
        for name, share in shares:
            share = min(1.0, share * len(rows) / max(len(worded), 1))
            flags[name][worded] = quota(latent[name][worded], share)
        # posts that can show an emoji; those without words have nothing else to show
        able = rows[~missing_title[rows] | has_body[rows] | february]
        alone = ~has_title & (~missing_title | (~has_body & february))
        emoji[able] = quota(
            rng.random(len(able)) + 100.0 * alone[able],
            min(1.0, marginals.emoji * len(rows) / max(len(able), 1)),
        )
        worded = rows[has_body[rows]]
        sticker[worded] = quota(
            rng.random(len(worded)),
            min(1.0, marginals.sticker * len(rows) / max(len(worded), 1)),
        )
        values = counts.deal(
            len(rows), QUANTILE_LEVELS, marginals.tags, marginals.tags_zero
        )
        # a February post without tags has words, else its content would be blank
        lean = 1.0 * february * (has_body[rows] & (rng.random(len(rows)) < 0.3))
        tag_count[rows] = take_in_order(values, rng.random(len(rows)) - lean)
        noise = np.column_stack([latent[name] for name in COUNT_NAMES])[rows]
        since = skeleton.day[rows] - people.first_day[skeleton.author[rows]]
        noise[:, 0] += 0.6 * video[rows] - 0.1 * np.minimum(since, 10)
        banded[rows] = quota(
            rng.random(len(rows)) - 9.0 * is_silent[rows], marginals.banded_rows
        )
        dealt[rows], _ = counts.engagement(
            marginals, noise, banded[rows], is_silent[rows]
        )
        _spare_the_quiet(rng, dealt, rows, banded, is_silent)
        _grant_early_replies(rng, dealt, rows, people, skeleton, banded, is_silent)
    speaks = has_body & (language == LANGUAGES.index("en"))
    signs, ring = _signs(
        rng, settings, people, skeleton, stratum, tag_count, speaks, silent_author
    )
    for number, marginals in enumerate(STRATA):
        tagged = np.flatnonzero((stratum == number) & (tag_count > 0))
        if number == 2:
            inline[tagged] = True  # the February crawl shows every tag in the text
        else:
            wanted = _fill(int((stratum == number).sum()), marginals.tags_inline)
            inline[rng.permutation(tagged)[:wanted]] = True
    influencer = np.zeros(len(people), np.bool_)
    influencer[skeleton.author[dealt[:, 0] >= INFLUENCER_LIKES]] = True
    topic_mix, topic = _topics(rng, people, skeleton)
    _share_topics(topic, skeleton, signs["near_duplicate"], ring)
    return Plan(
        stratum=stratum,
        wave=wave,
        latent=latent,
        language=language,
        has_title_words=has_title,
        has_body_words=has_body,
        is_title_missing=missing_title,
        is_content_missing=missing_content,
        body_length=body_length,
        title_length=title_length,
        is_video=video,
        flags=flags,
        has_emoji=emoji,
        has_sticker=sticker,
        tag_count=tag_count,
        is_inline=inline,
        counts=dealt,
        is_banded=banded,
        topic=topic,
        topic_mix=topic_mix,
        signs=signs,
        ring=ring,
        is_influencer=influencer,
        is_silent=silent_author,
    )


def _silent_authors(
    rng: np.random.Generator, people: People, skeleton: Skeleton, stratum: Ints
) -> Bools:
    """Choose authors whose posts all get no reaction at all (2 % and 5 % of posts)."""
    posts = np.bincount(skeleton.author, minlength=len(people))
    silent = np.zeros(len(people), np.bool_)
    able = (posts <= 2) & ~people.has_early_reply & ~people.is_multi
    latest = np.zeros(len(people), np.int64)
    np.maximum.at(latest, skeleton.author, stratum)
    for number, share in enumerate((0.021, 0.021, 0.045)):
        pool = rng.permutation(np.flatnonzero(able & (latest == number)))
        wanted = share * int((stratum == number).sum())
        reached = np.cumsum(posts[pool])
        silent[pool[reached <= wanted]] = True
    return silent


def _spare_the_quiet(
    rng: np.random.Generator, dealt: Ints, rows: Ints, banded: Bools, silent: Bools
) -> None:
    """Leave all-zero posts to the silent: others get a comment from a donor."""
    total = dealt[rows].sum(axis=1)
    needy = rows[(total == 0) & ~silent[rows]]
    small = (dealt[rows, 2] > 0) & (dealt[rows, 2] <= 3) & (dealt[rows, 0] > 0)
    donors = _least_liked(rng, dealt, rows[small & ~banded[rows]])
    pairs = min(len(needy), len(donors))
    dealt[needy[:pairs], 2] = dealt[donors[:pairs], 2]
    dealt[donors[:pairs], 2] = 0


def _least_liked(rng: np.random.Generator, dealt: Ints, rows: Ints) -> Ints:
    """Order rows by likes: their comments can go with the least loss of correlation."""
    return np.asarray(rows[np.lexsort((rng.random(len(rows)), dealt[rows, 0]))])


def _grant_early_replies(
    rng: np.random.Generator,
    dealt: Ints,
    rows: Ints,
    people: People,
    skeleton: Skeleton,
    banded: Bools,
    silent: Bools,
) -> None:
    """See that first posts with a planted early reply have at least one comment."""
    promised = (skeleton.order == 0) & people.has_early_reply[skeleton.author]
    needy = rows[promised[rows] & (dealt[rows, 2] == 0)]
    small = (dealt[rows, 2] > 0) & (dealt[rows, 2] <= 5) & (dealt[rows, 0] > 0)
    free = rows[small & ~promised[rows] & ~banded[rows] & ~silent[rows]]
    donors = _least_liked(rng, dealt, free)
    pairs = min(len(needy), len(donors))
    dealt[needy[:pairs], 2] = dealt[donors[:pairs], 2]
    dealt[donors[:pairs], 2] = 0


def _signs(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    skeleton: Skeleton,
    stratum: Ints,
    tag_count: Ints,
    speaks: Bools,
    is_silent: Bools,
) -> tuple[dict[str, Bools], Ints]:
    """Choose who shows which sign of an automated or commercial account.

    Deals the tag counts of 10 and more to the stuffing authors (changes `tag_count`).

    Args:
        rng: Random generator.
        settings: What to plant.
        people: Authors.
        skeleton: Their posts.
        stratum: Stratum of every post.
        tag_count: Tags of every post.
        speaks: Posts with an English body, so that it can carry a sign.
        is_silent: Authors who stay silent and show no sign.

    Returns:
        Per sign, the authors who show it; per post, its coordinated ring or -1.
    """
    size = len(people)
    signs = {name: np.zeros(size, np.bool_) for name in SIGNS}
    ring = np.full(len(skeleton.author), -1, dtype=np.int64)
    if not settings.anomalies:
        # tag counts of 10 and more exist all the same
        _stuff_tags(rng, signs, skeleton, stratum, tag_count)
        return {name: np.zeros(size, np.bool_) for name in SIGNS}, ring
    first_day = skeleton.day == people.first_day[skeleton.author]
    on_first_day = np.bincount(skeleton.author[first_day], minlength=size)
    spoken = np.bincount(skeleton.author[speaks], minlength=size)
    burst = people.is_multi & (on_first_day >= 3)
    signs["burst"] = burst
    bursting = rng.permutation(np.flatnonzero(burst & (spoken >= 2)))
    third = max(1, len(bursting) // 3)
    signs["near_duplicate"][bursting[: 2 * third]] = True
    signs["promotion"][bursting[third : 2 * third]] = True
    signs["promotion"][bursting[2 * third + third // 2 :]] = True
    able = (spoken > 0) & ~people.is_multi & ~is_silent
    others = rng.permutation(np.flatnonzero(able))
    few = round(0.012 * size)
    signs["promotion"][others[:few]] = True
    twice = rng.permutation(np.flatnonzero(able & (spoken >= 2) & ~signs["promotion"]))
    signs["near_duplicate"][twice[: round(0.005 * size)]] = True
    plain = able & ~signs["promotion"] & ~signs["near_duplicate"]
    ring = _rings(rng, skeleton, speaks & plain[skeleton.author], round(0.0025 * size))
    members = np.unique(skeleton.author[ring >= 0])
    signs["coordinated"][members] = True
    # a ring promotes together or not at all, since its members share one text
    signs["promotion"][skeleton.author[(ring >= 0) & (ring % 2 == 0)]] = True
    _stuff_tags(rng, signs, skeleton, stratum, tag_count)
    return signs, ring


def _rings(
    rng: np.random.Generator, skeleton: Skeleton, able: Bools, rings: int
) -> Ints:
    """Find sets of five posts by five authors within an hour of each other."""
    ring = np.full(len(skeleton.author), -1, dtype=np.int64)
    taken: set[int] = set()
    rows = np.flatnonzero(able)
    for start in rng.permutation(len(rows)).tolist():
        if len(taken) >= RING_SIZE * rings:
            break
        members: dict[int, int] = {}
        opening = int(skeleton.created[rows[start]])
        for row in rows[start : start + 40].tolist():
            author = int(skeleton.author[row])
            if skeleton.created[row] - opening > RING_SECONDS:
                break
            if author not in taken and author not in members:
                members[author] = row
            if len(members) == RING_SIZE:
                ring[list(members.values())] = len(taken) // RING_SIZE
                taken |= set(members)
                break
    return ring


def _stuff_tags(
    rng: np.random.Generator,
    signs: dict[str, Bools],
    skeleton: Skeleton,
    stratum: Ints,
    tag_count: Ints,
) -> None:
    """Hand all tag counts of 10 and more to stuffing authors, who are chosen here."""
    stuffing = signs["tag_stuffing"]
    for number in (2, 1, 0):
        rows = np.flatnonzero(stratum == number)
        needed = int((tag_count[rows] >= MANY_TAGS).sum())
        posts = np.bincount(skeleton.author[rows], minlength=len(stuffing))
        covered = int(posts[stuffing].sum())
        # bots first, then anybody
        bots = signs["promotion"] | signs["coordinated"]
        pool = np.flatnonzero((posts > 0) & ~stuffing)
        order = np.argsort(rng.random(len(pool)) - 0.35 * bots[pool], kind="stable")
        pool = pool[order]
        reached = covered + np.cumsum(posts[pool])
        take = int(np.searchsorted(reached, needed, side="left")) + 1
        if covered < needed:
            stuffing[pool[:take]] = True
        prefer = stuffing[skeleton.author[rows]] + rng.random(len(rows)) * 0.5
        high = np.argsort(-prefer, kind="stable")[:needed]
        values = np.sort(tag_count[rows])[::-1]
        rest = np.setdiff1d(np.arange(len(rows)), high)
        current = tag_count[rows].copy()
        fresh = np.empty(len(rows), np.int64)
        fresh[high] = values[:needed]
        kept = current[rest]
        too_many = kept >= MANY_TAGS
        spare = current[high][current[high] < MANY_TAGS]
        kept[too_many] = spare[: int(too_many.sum())]
        fresh[rest] = kept
        tag_count[rows] = fresh
    made = np.zeros(len(stuffing), np.bool_)
    made[skeleton.author[tag_count >= MANY_TAGS]] = True
    signs["tag_stuffing"] = made


def _share_topics(
    topic: Ints, skeleton: Skeleton, near_duplicate: Bools, ring: Ints
) -> None:
    """Give copies of one text one topic: that of the first of them."""
    keys = np.where(ring >= 0, len(near_duplicate) + ring, skeleton.author)
    rows = np.flatnonzero(near_duplicate[skeleton.author] | (ring >= 0))
    _, first, which = np.unique(keys[rows], return_index=True, return_inverse=True)
    topic[rows] = topic[rows[first]][which]


def _topics(
    rng: np.random.Generator, people: People, skeleton: Skeleton
) -> tuple[Floats, Ints]:
    """Draw every author's topic mix and every post's topic."""
    home = np.array([c.topic for c in TAG_COMMUNITIES])[people.tag_community]
    gamma = rng.gamma(0.25, 1.0, (len(people), len(TOPICS))) + 1e-6
    mix = 0.35 * gamma / gamma.sum(axis=1, keepdims=True)
    mix[np.arange(len(people)), home] += 0.65
    edges = np.cumsum(mix, axis=1)[skeleton.author]
    draw = rng.random((len(skeleton.author), 1))
    topic = np.minimum((draw > edges).sum(axis=1), len(TOPICS) - 1)
    return mix, topic
