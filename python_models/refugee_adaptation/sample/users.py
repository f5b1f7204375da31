"""People of the sample: who they are, when they post and how long they stay.

Staying follows a log-logistic (proportional odds) model: for every horizon t,
logit P(stay > t) = eta + shape * log(28 / t), where eta adds the effects of the
adaptation group and of an early reply to the first post. So P(stay > 28 days) is a
logistic regression with known coefficients, and the area under the ROC curve of the
true probability is the best that any model can reach.
"""

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
PLATFORM_OFFSET = 8 * 3_600
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
_NEW_SHARE = (0.85, 0.66, 0.55, 0.45, 0.38, 0.32, 0.32, 0.26, 0.20, 0.18, 0.15)
_NEW_SHARE_LATER = 0.12
_NEW_SHARE_FEBRUARY = 0.035

# local hour-of-day curve of leisure posting, 0 to 23 h: nights low, evenings high
_LOCAL_HOURS = np.array(
    (
        *(34, 22, 14, 9, 7, 8, 14, 24, 34, 40, 45, 50),
        *(56, 52, 48, 46, 48, 54, 62, 72, 80, 78, 66, 48),
    ),
    dtype=np.float64,
)
#: Hours behind UTC in winter and share of people: Eastern, Central, Mountain, Pacific.
ZONES = ((5, 0.47), (6, 0.30), (7, 0.07), (8, 0.16))


@dataclass
class People:
    """Post authors of one batch, one position per author.

    Times are epoch seconds (UTC); days count from 1 January 2025 in the platform zone.
    """

    group: Ints
    tag_community: Ints
    reply_community: Ints
    is_newcomer: Bools
    zone: Ints
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


def platform_hours(zone: int) -> Floats:
    """Return the hour-of-day curve of one US zone on the platform's clock, shape (24,).

    Args:
        zone: Hours behind UTC.
    """
    shifted = np.roll(_LOCAL_HOURS, zone + 8)
    return np.asarray(shifted / shifted.sum())


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
        zone=rng.choice([z for z, _ in ZONES], size=size, p=[s for _, s in ZONES]),
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


def _times(rng: np.random.Generator, zone: Ints, day: Ints) -> Ints:
    """Draw seconds of the day from each author's own hour curve."""
    hour = np.zeros(len(zone), dtype=np.int64)
    for behind, _ in ZONES:
        rows = np.flatnonzero(zone == behind)
        hour[rows] = rng.choice(24, size=len(rows), p=platform_hours(behind))
    second = rng.integers(0, 3_600, len(zone))
    created = START + day * DAY + hour * 3_600 + second
    opening = START + FIRST_NEWCOMER_DAY * DAY + 600
    soonest = np.where(day == FIRST_NEWCOMER_DAY, opening + second // 4, 0)
    return np.asarray(np.maximum(created, soonest), dtype=np.int64)


def _register(rng: np.random.Generator, is_newcomer: Bools, first_post: Ints) -> Ints:
    """Draw registration times before the first post.

    Newcomers register a few minutes to two days before (published quantiles of the
    account age at the post), never before 13 January in the platform zone; everybody
    else before that date.
    """
    size = len(first_post)
    levels = [0.0, 0.05, 0.25, 0.50, 0.75, 0.90, 1.0]
    ages = np.log([0.0027, 0.006, 0.022, 0.12, 0.6, 1.3, 6.0])
    age = np.exp(np.interp(rng.random(size), levels, ages)) * DAY
    opening = START + FIRST_NEWCOMER_DAY * DAY
    newest = first_post - 240
    oldest = np.minimum(opening + rng.integers(1, 300, size), newest)
    joined = np.maximum(first_post - age.astype(np.int64), oldest)
    # one account in five of the others is from the two days before, the rest are old
    recent = opening - rng.integers(60, 2 * DAY, size)
    old = opening - (np.exp(rng.uniform(np.log(5), np.log(2_600), size)) * DAY).astype(
        np.int64
    )
    before = np.where(rng.random(size) < 0.3, recent, old)
    before = np.minimum(before, newest)
    return np.where(is_newcomer, joined, before)


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
    created = _times(rng, people.zone[author], day)
    created = _bursts(rng, people, author, day, created)
    order = np.lexsort((author, created))
    author, day, created = author[order], day[order], created[order]
    first_post = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first_post, author, created)
    people.first_post = first_post
    people.account_created = _register(rng, people.is_newcomer, first_post)
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
