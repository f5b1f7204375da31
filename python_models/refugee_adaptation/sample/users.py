"""People of the sample: who they are, when they post and how long they stay.

Staying follows a log-logistic (proportional odds) model: for every horizon t,
logit P(stay > t) = eta + shape * log(28 / t), where eta adds the effects of the
adaptation group and of an early reply to the first post. So P(stay > 28 days) is a
logistic regression with known coefficients, and the area under the ROC curve of the
true probability is the best that any model can reach.
"""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from refugee_adaptation.sample.counts import Bools, Floats, Ints
from refugee_adaptation.sample.published import (
    DAILY_ACTIVE_USERS,
    FEBRUARY,
    FEBRUARY_DAY,
    FIRST_NEWCOMER_DAY,
    JANUARY,
    LAST_PEAK_DAY,
    QUANTILE_LEVELS,
    STRATA,
)
from refugee_adaptation.sample.settings import (
    GROUP_SHARES,
    GROUPS,
    RETENTION_DAYS,
    Settings,
)
from refugee_adaptation.sample.vocabulary import TAG_COMMUNITIES

DAY_COUNT = len(DAILY_ACTIVE_USERS)
DAY = 86_400
#: 1 January 2025, 00:00 in the platform's zone (UTC+8), as epoch seconds.
START = 1_735_660_800
REPLY_COMMUNITIES = 8

BASE_RATE = 0.15
STAY_SHAPE = 1.1
GROUP_EFFECT = np.array([-0.7, 0.2, 1.0])
EARLY_REPLY_EFFECT = 0.9
VETERAN_EFFECT = 1.0
EARLY_REPLY_SHARE = 0.45

#: Share of a day's posts that are somebody's first, newcomers, from 13 January on.
_NEW_SHARE = (0.96, 0.95, 0.95, 0.30, 0.20, 0.12, 0.12, 0.10, 0.08, 0.08, 0.08)
_NEW_SHARE_LATER = 0.08
_NEW_SHARE_FEBRUARY = 0.035

#: Registration of people who were there before 13 January: share of the posts of one
#: wave by its veterans, and days before that date up to which they had registered. The
#: published ages at the post, with 12 January as the day of the newest.
_VETERAN_LEVELS = (
    (0.0, 0.50, 0.57, 0.585, 0.60, 0.67, 0.927, 1.0),
    (0.0, 0.06, 0.15, 0.50, 0.75, 0.95, 1.0),
)
_VETERAN_DAYS = (
    (0.02, 0.10, 1.0, 200.0, 640.0, 710.0, 2_302.0, 3_060.0),
    (0.05, 1.0, 60.0, 277.0, 667.0, 2_390.0, 2_880.0),
)


@dataclass
class People:
    """Post authors of one batch, one position per author.

    Times are epoch seconds (UTC); days count from 1 January 2025 in the platform zone.
    """

    group: Ints
    tag_community: Ints
    reply_community: Ints
    is_newcomer: Bools
    rate: Floats
    trend: Floats
    has_early_reply: Bools
    eta: Floats
    stay_days: Floats
    first_day: Ints
    last_day: Ints
    is_multi: Bools
    account_created: Ints
    first_post: Ints

    def __len__(self) -> int:
        """Return the number of authors."""
        return len(self.group)


@dataclass
class Skeleton:
    """Who posts when: one position per post, in order of time."""

    author: Ints
    day: Ints
    created: Ints
    order: Ints


def posts_per_day(posts: int) -> Ints:
    """Scale the published day curve to `posts` (largest remainders)."""
    curve = np.array(DAILY_ACTIVE_USERS, dtype=np.float64)
    exact = posts * curve / curve.sum()
    days = np.floor(exact).astype(np.int64)
    rest = posts - int(days.sum())
    days[np.argsort(-(exact - days), kind="stable")[:rest]] += 1
    return np.asarray(days, dtype=np.int64)


def _new_share(day: int) -> float:
    if day >= FEBRUARY_DAY:
        return _NEW_SHARE_FEBRUARY
    since = day - FIRST_NEWCOMER_DAY
    if since < 0:
        return 0.8
    return _NEW_SHARE[since] if since < len(_NEW_SHARE) else _NEW_SHARE_LATER


def _first_posts(daily: Ints, authors: int) -> Ints:
    """How many posts of each day are somebody's first, `authors` in total or fewer."""
    wanted = np.array([daily[d] * _new_share(d) for d in range(DAY_COUNT)])
    scale = authors / max(wanted.sum(), 1e-9)
    exact = np.minimum(wanted * scale, daily)
    total = round(float(exact.sum()))
    steps = np.floor(np.cumsum(exact) + 0.5).astype(np.int64)
    first = np.diff(np.concatenate([[0], steps]))
    first = np.minimum(first, daily)
    if total and daily.sum() and not first.sum():
        first[int(np.argmax(daily))] = 1
    starts = np.flatnonzero(daily)
    if len(starts) and first[starts[0]] == 0:
        first[starts[0]] = 1  # nobody can return before anybody has come
    return first


def _people(
    rng: np.random.Generator, settings: Settings, first: Ints, is_newcomer: bool
) -> People:
    size = int(first.sum())
    group = rng.choice(len(GROUPS), size=size, p=GROUP_SHARES)
    early = rng.random(size) < EARLY_REPLY_SHARE
    effect = GROUP_EFFECT[group] + EARLY_REPLY_EFFECT * early
    effect = settings.retention_effect * effect
    shift = 0.0
    if size:
        shift = float(
            optimize.brentq(
                lambda c: float(special.expit(effect + c).mean()) - BASE_RATE, -20, 20
            )
        )
    eta = effect + shift + (0.0 if is_newcomer else VETERAN_EFFECT)
    draw = rng.random(size)
    stay = RETENTION_DAYS * np.exp((eta + special.logit(draw)) / STAY_SHAPE)
    first_day = np.repeat(np.arange(DAY_COUNT), first)
    last_day = np.minimum(first_day + np.floor(stay), 10_000).astype(np.int64)
    rate = rng.gamma(1.3, 1.0, size) * np.array([0.7, 1.0, 1.6])[group]
    return People(
        group=group,
        tag_community=rng.integers(0, len(TAG_COMMUNITIES), size),
        reply_community=rng.integers(0, REPLY_COMMUNITIES, size),
        is_newcomer=np.full(size, is_newcomer),
        rate=rate + 0.05,
        trend=np.where((group == 2) & (rng.random(size) < 0.6), 1.0, 0.0),
        has_early_reply=early,
        eta=eta,
        stay_days=stay,
        first_day=first_day,
        last_day=last_day,
        is_multi=rng.random(size) < (0.035 if settings.anomalies else 0.0),
        account_created=np.zeros(size, dtype=np.int64),
        first_post=np.zeros(size, dtype=np.int64),
    )


def _schedule(
    rng: np.random.Generator, people: People, daily: Ints, first: Ints
) -> tuple[Ints, Ints]:
    """Give every post of every day an author; returns (author, day)."""
    authors: list[npt.NDArray[np.int64]] = []
    days: list[npt.NDArray[np.int64]] = []
    starts = np.concatenate([[0], np.cumsum(first)])
    pending = people.stay_days > RETENTION_DAYS
    for day in range(DAY_COUNT):
        new = np.arange(starts[day], starts[day + 1])
        returning = int(daily[day]) - len(new)
        chosen = [new]
        multi = new[people.is_multi[new]]
        extra = np.repeat(multi, rng.integers(2, 4, len(multi)))[:returning]
        chosen.append(extra)
        returning -= len(extra)
        seen = int(starts[day + 1])
        if returning > 0 and seen:
            late = day - people.first_day[:seen] >= RETENTION_DAYS
            present = people.last_day[:seen] >= day
            weight = people.rate[:seen] * present
            weight = np.where(people.first_day[:seen] == day, 0.6 * weight, weight)
            weight = weight * np.where(late & pending[:seen], 60.0, 1.0)
            if not weight.any():
                weight = np.ones(seen)
                people.last_day[:seen] = np.maximum(people.last_day[:seen], day)
            # without replacement as far as the people present allow
            sure = min(returning, int((weight > 0).sum()))
            keys = np.where(
                weight > 0,
                rng.exponential(1.0, seen) / np.maximum(weight, 1e-12),
                np.inf,
            )
            once = np.argsort(keys, kind="stable")[:sure]
            pending[once[late[once]]] = False
            more = rng.choice(seen, returning - sure, p=weight / weight.sum())
            chosen += [once, more]
        together = np.concatenate(chosen).astype(np.int64)
        authors.append(together)
        days.append(np.full(len(together), day, dtype=np.int64))
    return np.concatenate(authors), np.concatenate(days)


def _times(rng: np.random.Generator, day: Ints) -> Ints:
    """Deal seconds of the day: the published hours of each wave, in every stratum."""
    hour = np.zeros(len(day), dtype=np.int64)
    stratum = strata(day)
    for number, wave in enumerate(STRATA):
        rows = np.flatnonzero(stratum == number)
        edges = np.cumsum(wave.hours) / sum(wave.hours)
        at = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
        hour[rows] = rng.permutation(np.searchsorted(edges, at))
    second = rng.integers(0, 3_600, len(day))
    created = START + day * DAY + hour * 3_600 + second
    opening = START + FIRST_NEWCOMER_DAY * DAY + 600
    soonest = np.where(day == FIRST_NEWCOMER_DAY, opening + second // 4, 0)
    return np.asarray(np.maximum(created, soonest), dtype=np.int64)


def strata(day: Ints) -> Ints:
    """Return the position in `STRATA` of every day."""
    peak = (day >= FIRST_NEWCOMER_DAY) & (day <= LAST_PEAK_DAY)
    return np.where(peak, 0, np.where(day >= FEBRUARY_DAY, 2, 1))


def _ages(levels: Floats) -> Floats:
    """Return ages at a post of the January wave, in days, at the given levels."""
    known = np.log([0.003, *JANUARY.ages])
    return np.exp(np.interp(levels, [0.0, *QUANTILE_LEVELS], known))


def _register(
    rng: np.random.Generator, people: People, author: Ints, created: Ints
) -> Ints:
    """Draw registration times before the first post.

    Newcomers register four minutes to two days before, never before 13 January in the
    platform zone; everybody else before that date. The ages at the posts of each wave
    follow the published quantiles.

    Args:
        rng: Random generator.
        people: Authors, with their first posts.
        author: Author of every post.
        created: Time of every post.
    """
    opening = START + FIRST_NEWCOMER_DAY * DAY
    first_post = people.first_post
    newest = first_post - 240
    size = len(people)
    age = _ages(rng.random(size) * JANUARY.newcomer)
    first_stratum = strata(people.first_day)
    stratum = strata((created - START) // DAY)
    # the ages of one wave are dealt: returning posts take theirs, first posts the rest
    rows = (stratum == 0) & people.is_newcomer[author]
    gap = ((created - first_post[author]) / DAY)[rows]
    back, mine = gap[gap > 0], author[rows][gap > 0]
    count = int(rows.sum())
    dealt = _ages((np.arange(count) + 0.5) / max(count, 1) * JANUARY.newcomer)
    fresh = np.flatnonzero(people.is_newcomer & (first_stratum == 0))
    room = (first_post - opening) / DAY
    fresh = fresh[np.argsort(room[fresh], kind="stable")]
    for _ in range(4):  # each round knows better how old the returning accounts are
        pool = dealt.tolist()
        for wanted in np.sort(back + age[mine])[::-1].tolist():
            place = bisect_left(pool, wanted)
            # the age whose ratio to the wanted one is the nearest to one
            if place == len(pool) or (
                place and wanted * wanted <= pool[place - 1] * pool[place]
            ):
                place -= 1
            pool.pop(place)
        for person in fresh.tolist():
            if not pool:
                break
            fitting = max(1, bisect_left(pool, room[person]))
            age[person] = pool.pop(int(rng.integers(fitting)))
    oldest = np.minimum(opening + rng.integers(1, 300, size), newest)
    joined = np.maximum(first_post - (age * DAY).astype(np.int64), oldest)
    before = opening - (_veteran_days(rng, people, author, stratum) * DAY).astype(
        np.int64
    )
    return np.where(people.is_newcomer, joined, np.minimum(before, newest))


def _veteran_days(
    rng: np.random.Generator, people: People, author: Ints, stratum: Ints
) -> Floats:
    """Deal how many days before 13 January everybody registered, by wave."""
    days = np.zeros(len(people))
    seen = np.zeros(len(people), np.bool_)
    for number, levels, values in (
        (2, _VETERAN_LEVELS[1], _VETERAN_DAYS[1]),
        (0, _VETERAN_LEVELS[0], _VETERAN_DAYS[0]),
        (1, _VETERAN_LEVELS[0], _VETERAN_DAYS[0]),
    ):
        posts = np.bincount(author[stratum == number], minlength=len(people))
        pool = np.flatnonzero((posts > 0) & ~seen & ~people.is_newcomer)
        # the newest accounts are among the first to post
        late = people.first_day[pool] + rng.random(len(pool)) * (
            1.0 if number == 0 else 60
        )
        order = pool[np.argsort(late, kind="stable")]
        reached = np.cumsum(posts[order]) - posts[order] / 2
        at = reached / max(posts[order].sum(), 1)
        days[order] = np.exp(np.interp(at, levels, np.log(values)))
        seen[order] = True
    return days


def _concatenate(parts: list[People]) -> People:
    return People(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in People.__dataclass_fields__
        }
    )


def populate(
    rng: np.random.Generator, settings: Settings, posts: int
) -> tuple[People, Skeleton]:
    """Create the authors of a batch and the times of their posts.

    Args:
        rng: Random generator; drawn from in a fixed order.
        settings: What to plant.
        posts: Number of posts in this batch.

    Returns:
        The authors, and their posts in order of time.
    """
    daily = posts_per_day(posts)
    share = np.full(DAY_COUNT, JANUARY.newcomer)
    share[FEBRUARY_DAY:] = FEBRUARY.newcomer
    share[:FIRST_NEWCOMER_DAY] = 0.0
    by_newcomers = np.diff(
        np.concatenate([[0], np.floor(np.cumsum(daily * share) + 0.5)])
    ).astype(np.int64)
    by_newcomers = np.minimum(by_newcomers, daily)
    parts: list[People] = []
    authors: list[Ints] = []
    days: list[Ints] = []
    offset = 0
    for is_newcomer, volume in ((True, by_newcomers), (False, daily - by_newcomers)):
        count = round(settings.authors_per_post * int(volume.sum()))
        first = _first_posts(volume, count)
        people = _people(rng, settings, first, is_newcomer)
        author, day = _schedule(rng, people, volume, first)
        parts.append(people)
        authors.append(author + offset)
        days.append(day)
        offset += len(people)
    people = _concatenate(parts)
    author, day = np.concatenate(authors), np.concatenate(days)
    created = _times(rng, day)
    created = _bursts(rng, people, author, day, created)
    order = np.lexsort((author, created))
    author, day, created = author[order], day[order], created[order]
    first_post = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first_post, author, created)
    people.first_post = first_post
    people.account_created = _register(rng, people, author, created)
    return people, Skeleton(author, day, created, rank_within(author))


def _bursts(
    rng: np.random.Generator, people: People, author: Ints, day: Ints, created: Ints
) -> Ints:
    """Put the posts of a bursting author's first day minutes apart."""
    rows = np.flatnonzero(people.is_multi[author] & (day == people.first_day[author]))
    if not len(rows):
        return created
    rows = rows[np.argsort(author[rows], kind="stable")]
    place = rank_within(author[rows])
    head = rows[np.arange(len(rows)) - place]
    shift = rng.integers(0, 200, len(rows))
    start = np.minimum(created[head], START + (day[head] + 1) * DAY - 3_000)
    created = created.copy()
    created[rows] = start + place * 300 + shift
    return created


def rank_within(keys: Ints) -> Ints:
    """Return how many earlier positions have the same key, shape as `keys`."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(ordered)]]))
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return rank
