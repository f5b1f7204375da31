"""The worlds: how each departs from the plain one, and which claims are false in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from refugee_adaptation.planted.worlds import words
from refugee_adaptation.planted.worlds.crawl import (
    DAY,
    START,
    Draft,
    add_posts,
    keep_posts,
)
from refugee_adaptation.planted.worlds.people import (
    People,
    converse,
    draw_people,
    draw_posts,
    draw_texts,
    unequal_rates,
)

PEOPLE = 240
Maker = Callable[[np.random.Generator], Draft]

RISES = frozenset(
    {
        "chinese_words_rise",
        "chinese_words_rise_in_cohort",
        "chinese_words_rise_in_format",
    }
)
ACTIVITY = frozenset({"prediction_retained", "prediction_repeat_post"})
"""True wherever people post at unequal rates: who posts much posts again."""
RECENT = frozenset({"recommendations_above_popularity"})
"""True in every world: people turn to new notes, which popularity does not know."""


@dataclass(frozen=True)
class World:
    """A kind of crawl with its truth.

    Attributes:
        make: Draws one.
        departs: How it departs from the plain world, in words.
        true: Claims that are true in it; every other one is false.
        unsettled: Claims of which the world does not say whether they are true.
    """

    make: Maker
    departs: str
    true: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()

    def is_false(self, claim: str) -> bool:
        """Whether a claim is false in it."""
        return claim not in self.true | self.unsettled | RECENT


def _plain(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    return converse(rng, draw_posts(rng, people), people)


def _unequal(rng: np.random.Generator) -> tuple[People, Draft]:
    people = draw_people(rng, PEOPLE)
    unequal_rates(rng, people)
    return people, draw_posts(rng, people)


def _activity(rng: np.random.Generator) -> Draft:
    people, draft = _unequal(rng)
    return converse(rng, draft, people)


def _composition(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    late = people.arrived > START + 10 * DAY
    people.chinese = rng.beta(np.where(late, 4.0, 1.0), np.where(late, 2.0, 4.0))
    people.chinese_later = people.chinese
    return converse(rng, draw_posts(rng, people), people)


def _survivors(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    people.registered[:] = people.arrived - 60
    long = people.stay > np.median(people.stay)
    people.chinese = rng.beta(np.where(long, 4.0, 1.0), np.where(long, 2.0, 4.0))
    people.chinese_later = people.chinese
    people.stay = np.where(long, 3 * people.stay, people.stay)
    return converse(rng, draw_posts(rng, people), people)


def _automated(rng: np.random.Generator, draft: Draft, bots: int) -> Draft:
    """Accounts that post a copied Chinese text every hour, all in the late wave."""
    each = 24
    author = np.repeat(np.arange(bots), each)
    start = START + (25 + rng.integers(0, 18, bots)) * DAY
    second = start[author] + np.tile(np.arange(each) * 300, bots)
    text = words.CHINESE_GAP.join(words.CHINESE[:30])
    return add_posts(
        draft,
        registered=np.full(bots, START + DAY),
        author=author,
        second=second,
        is_video=False,
        texts=[text] * len(author),
        tags=[[words.CHINESE_TAGS[0]]] * len(author),
        counts=np.tile(np.array([1, 0, 0, 0]), (len(author), 1)),
    )


def _automation(rng: np.random.Generator) -> Draft:
    return _automated(rng, _plain(rng), 12)


def _sampled(share: float) -> Maker:
    def make(rng: np.random.Generator) -> Draft:
        people = draw_people(rng, round(PEOPLE / share**0.5))
        people.rate = people.rate * 0.6 / share**0.5
        draft = converse(rng, draw_posts(rng, people), people)
        return keep_posts(draft, rng.random(len(draft.author)) < share)

    return make


def _uniform(rng: np.random.Generator) -> Draft:
    """Every note draws alike; whose comments were collected differs from one to one."""
    people, draft = _unequal(rng)
    draft.counts[:, 2] = rng.poisson(3.0, len(draft.author))
    seen = rng.beta(0.6, 0.6, len(people))
    return converse(
        rng, draft, people, collected=rng.random(len(draft.author)) < seen[draft.author]
    )


def _early(rng: np.random.Generator) -> Draft:
    people, draft = _unequal(rng)
    return converse(rng, draft, people, earliness=1.5)


def _formats(rng: np.random.Generator) -> Draft:
    """Everybody keeps to one format, and some people appeal far more than others."""
    people, _ = _unequal(rng)
    people.video = (rng.random(len(people)) < 0.5).astype(float)
    people.appeal = np.exp(rng.normal(0, 1.2, len(people)) - 0.72)
    return converse(rng, draw_posts(rng, people), people)


def _stock(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    draft = draw_posts(rng, people)
    for row in np.flatnonzero(rng.random(len(draft.texts)) < 0.5).tolist():
        sentence = rng.choice(words.STOCK_SENTENCES)
        draft.texts[row] = f"{sentence} {draft.texts[row]}"
    return converse(rng, draft, people)


def _one_feature(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    people.chinese = (rng.random(len(people)) < 0.5).astype(float)
    people.chinese_later = people.chinese
    return converse(rng, draw_posts(rng, people), people)


def _two_groups(rng: np.random.Generator) -> Draft:
    """Two kinds of people by language, hashtags and format, who appeal alike."""
    people = draw_people(rng, PEOPLE)
    kind = rng.random(len(people)) < 0.4
    people.chinese = rng.beta(np.where(kind, 12.0, 1.0), np.where(kind, 1.0, 12.0))
    people.chinese_later = people.chinese
    people.video = rng.beta(np.where(kind, 1.0, 12.0), np.where(kind, 12.0, 1.0))
    draft = draw_posts(rng, people)
    draft.tags = [
        rng.choice(
            words.CHINESE_TAGS if kind[author] else words.ENGLISH_TAGS, 3, replace=False
        ).tolist()
        for author in draft.author.tolist()
    ]
    return converse(rng, draft, people)


def _honest(rng: np.random.Generator, draft: Draft) -> Draft:
    """People who empty their camera in one evening, and sellers with a price list."""
    heavy, each = 8, 15
    author = np.repeat(np.arange(heavy), each)
    evening = START + rng.integers(1, 40, heavy) * DAY + 43_200
    gaps = rng.exponential(400, (heavy, each)).cumsum(axis=1).astype(np.int64)
    chinese = rng.random(heavy * each) < 0.3
    draft = add_posts(
        draft,
        registered=evening - 900 * DAY,
        author=author,
        second=evening[author] + gaps.ravel(),
        is_video=False,
        texts=draw_texts(rng, chinese),
        tags=[[] for _ in author],
        counts=rng.negative_binomial(0.8, 0.02, (heavy * each, 4)),
    )
    sellers, each = 8, 6
    author = np.repeat(np.arange(sellers), each)
    first = START + rng.integers(1, 30, sellers) * DAY + 30_000
    lists = [
        " ".join(
            f"{word} {rng.integers(2, 40)}" for word in rng.choice(words.ENGLISH, 14)
        )
        for _ in range(sellers)
    ]
    days = np.tile(np.arange(each) * 2 * DAY, sellers) + rng.integers(
        0, 20_000, sellers * each
    )
    return add_posts(
        draft,
        registered=first - 700 * DAY,
        author=author,
        second=first[author] + days,
        is_video=False,
        texts=[lists[one] for one in author.tolist()],
        tags=[[] for _ in author],
        counts=rng.negative_binomial(0.8, 0.05, (sellers * each, 4)),
    )


def _honest_heavy(rng: np.random.Generator) -> Draft:
    return _honest(rng, _plain(rng))


def _other_bots(rng: np.random.Generator) -> Draft:
    """Spun templates, hourly clocks, and short lines copied in two scripts."""
    draft = _honest(rng, _plain(rng))
    for kind in ("spinner", "clock", "short latin", "short han"):
        bots, each = 5, 20
        author = np.repeat(np.arange(bots), each)
        start = START + rng.integers(1, 35, bots) * DAY
        gap = 3_600 if kind == "clock" else 240
        line = {"short latin": "copper kettle today", "short han": "黄铜水壶"}.get(kind)
        fillers = rng.choice(words.ENGLISH, (bots * each, 3))
        texts = [
            line
            or (
                f"every {one} needs a {two} and a kettle beside the gravel {three} "
                "or else the carriage waits in the drizzle at the tunnel"
            )
            for one, two, three in fillers.tolist()
        ]
        draft = add_posts(
            draft,
            registered=start - 3 * DAY,
            author=author,
            second=start[author] + np.tile(np.arange(each) * gap, bots),
            is_video=False,
            texts=texts,
            tags=[[words.ENGLISH_TAGS[0]]] * len(author),
            counts=rng.negative_binomial(0.5, 0.3, (bots * each, 4)),
        )
    return draft


def _taste(rng: np.random.Generator) -> Draft:
    """Everybody has favourite hashtags from the start, and takes none from others."""
    people = draw_people(rng, PEOPLE)
    people.rate = people.rate * 2
    people.stay = people.stay * 2
    draft = draw_posts(rng, people)
    pool = np.array(words.ENGLISH_TAGS[:12])
    likes = rng.dirichlet(np.full(len(pool), 0.4), len(people)) + 1e-3
    likes /= likes.sum(axis=1, keepdims=True)
    draft.tags = [
        rng.choice(pool, 3, replace=False, p=likes[author]).tolist()
        for author in draft.author.tolist()
    ]
    return converse(rng, draft, people)


def _one_day(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    people.arrived = START + 7 * DAY + rng.integers(0, 40_000, PEOPLE)
    people.registered = people.arrived - rng.integers(DAY, 2_000 * DAY, PEOPLE)
    people.stay = rng.uniform(0.05, 0.5, PEOPLE)
    people.rate[:] = 4.0
    return converse(rng, draw_posts(rng, people), people)


def _cooking(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    people.registered = people.arrived - rng.integers(DAY, 2_000 * DAY, PEOPLE)
    draft = draw_posts(rng, people)
    draft.texts = [
        words.CHINESE_GAP.join(rng.choice(words.KITCHEN, rng.integers(6, 12)).tolist())
        for _ in draft.texts
    ]
    draft.tags = [rng.choice(words.CHINESE_TAGS, 2).tolist() for _ in draft.texts]
    return converse(rng, draft, people)


def _beginners(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    people.registered[:] = people.arrived - 60
    people.stay = people.stay * 3
    people.chinese = rng.beta(1.0, 6.0, PEOPLE)
    begins = rng.random(PEOPLE) < 0.5
    people.chinese_later = np.where(begins, 0.9, people.chinese)
    return converse(rng, draw_posts(rng, people), people)


def _circles(rng: np.random.Generator) -> Draft:
    people = draw_people(rng, PEOPLE)
    draft = draw_posts(rng, people)
    return converse(rng, draft, people, circles=6, loyalty=0.95)


def _videos(rng: np.random.Generator) -> Draft:
    draft = _plain(rng)
    draft.counts[draft.is_video, 0] *= 2
    return draft


WORLDS: dict[str, World] = {
    "plain": World(_plain, "nothing is planted"),
    "unequal activity": World(
        _activity, "people post at rates of a power law", true=ACTIVITY
    ),
    "composition": World(
        _composition,
        "who arrives later writes more Chinese, nobody changes",
        true=RISES - {"chinese_words_rise_in_cohort"},
    ),
    "survivors": World(
        _survivors,
        "who stays longer wrote more Chinese from the start, nobody changes",
        true=RISES | ACTIVITY,
        unsettled=frozenset({"newcomers_are_most_authors", "newcomers_stay"}),
    ),
    "automation": World(
        _automation,
        "twelve accounts copy one Chinese text in the late wave",
        true=frozenset({"bots_are_revealed"}) | ACTIVITY,
    ),
    "sampled 5 %": World(_sampled(0.05), "a search shows 5 % of a dense world"),
    "sampled 20 %": World(_sampled(0.2), "a search shows 20 % of a dense world"),
    "sampled 60 %": World(_sampled(0.6), "a search shows 60 % of a dense world"),
    "uniform comments": World(
        _uniform,
        "notes draw alike, comments were collected of some people more than of others",
        true=ACTIVITY,
    ),
    "early arrival": World(
        _early, "some people come to notes earlier, nobody amplifies", true=ACTIVITY
    ),
    "equal formats": World(
        _formats,
        "people keep to one format, and some appeal more",
        true=ACTIVITY | {"initiator_dispersion"},
        unsettled=frozenset({"recommendations_above_popularity"}),
    ),
    "stock sentences": World(_stock, "half of the posts repeat one of six sentences"),
    "one feature": World(_one_feature, "people write all in Chinese or nothing"),
    "two groups": World(
        _two_groups,
        "two groups by language, hashtags and format, who appeal alike",
        true=frozenset({"adaptation_groups_exist"}),
        unsettled=frozenset(
            {
                *("group_cultural_adapter", "group_imitator", "group_social_explorer"),
                "communities_hashtags",
            }
        ),
    ),
    "honest and heavy": World(
        _honest_heavy,
        "evenings of many posts, and sellers with a price list",
        true=ACTIVITY,
    ),
    "other bots": World(
        _other_bots,
        "spun templates, clocks and copied short lines",
        true=ACTIVITY | {"bots_are_revealed"},
        # what an account that is not recognised draws is less than what people draw
        unsettled=frozenset({"initiator_dispersion"}),
    ),
    "taste": World(
        _taste,
        "everybody has favourite hashtags, nobody adopts one",
        true=frozenset({"communities_hashtags"}),
        unsettled=frozenset({"newcomers_stay"}),
    ),
    "one day": World(
        _one_day, "all on one day", unsettled=frozenset({"newcomers_stay"})
    ),
    "cooking": World(_cooking, "residents write about cooking in Chinese"),
    "beginners": World(
        _beginners,
        "half of the people begin to write Chinese after a week",
        true=RISES | {"people_begin_to_write_chinese", "newcomers_are_most_authors"},
        unsettled=frozenset({"newcomers_stay"}),
    ),
    "circles": World(
        _circles,
        "people comment within six circles",
        true=frozenset({"communities_replies"}),
        unsettled=frozenset(
            {
                "recommendations_above_popularity",
                "recommendations_above_recent_popularity",
            }
        ),
    ),
    "videos": World(
        _videos, "videos draw twice the likes", true=frozenset({"videos_draw_more"})
    ),
}
"""Every kind by its name."""


def draw_world(name: str, seed: int) -> Draft:
    """Draw a world of a kind; the same seed gives the same crawl."""
    return WORLDS[name].make(np.random.default_rng(seed))
