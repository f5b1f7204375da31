"""Published aggregates of the study that the sample is calibrated to.

Only counts, shares and quantiles, no row of the crawl. Two waves were crawled in two
ways: the January wave (13 to 15 January 2025) and the February wave (1 February to
2 March). The sample lets every day before 1 February follow the January wave and every
day from then on the February wave.

Source of all numbers: the aggregate tables published with the study's audit
(github.com/Freyasrepo/TT-Refugee-Adaptation, 724 posts) and the plot of daily active
users of its follow-up, digitised to about three users.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: Probabilities at which the quantiles below are given.
QUANTILE_LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 1.0)
#: Probabilities at which lengths of texts are given: their curve bends early.
TEXT_LEVELS = (
    *(0.20, 0.25, 0.30, 0.35, 0.40, 0.50, 0.60, 0.70, 0.75, 0.80, 0.85),
    *(0.90, 0.95, 0.99, 1.0),
)
COUNT_NAMES = ("like", "collect", "comment", "share")
#: A lower bound shown by the logged-out page, by the exact value it starts at.
BANDS: Mapping[int, str] = {10: "10+", 1_000: "1千+", 10_000: "1万+"}


@dataclass(frozen=True)
class Wave:
    """Marginals of one crawl wave; shares are 0 to 1.

    Attributes:
        posts: Number of published posts behind the figures.
        quantiles: Per count, quantiles of the exact (not banded) cells.
        zero_share: Per count, share of all cells that are zero.
        spearman: Upper triangle of the rank correlation of `COUNT_NAMES`, by row.
        banded_rows: Share of rows seen by the logged-out crawl with a banded cell.
        banded_cells: Per count, cells `10+`, `1千+`, `1万+`.
        language: Share of en, mixed, zh, none (title and body together).
        body_words: Share of posts with letters of their own in the body.
        title_words: Share of posts with letters in the title.
        body_length: Characters of the body without tags, stickers, mentions and links,
            quantiles at `TEXT_LEVELS`.
        title_length: Characters of the title, quantiles at `TEXT_LEVELS`.
        tags: Quantiles of tags per post at `QUANTILE_LEVELS`.
        ages: Days from registration to the post, quantiles at `QUANTILE_LEVELS`.
        hours: Posts per hour of the day in the platform zone, from 0 h.
    """

    posts: int
    quantiles: Mapping[str, tuple[int, ...]]
    zero_share: Mapping[str, float]
    spearman: tuple[float, float, float, float, float, float]
    banded_rows: float
    banded_cells: Mapping[str, tuple[int, int, int]]
    language: Mapping[str, float]
    video: float
    title_missing: float
    content_missing: float
    content_blank: float
    body_words: float
    title_words: float
    body_length: tuple[float, ...]
    title_length: tuple[float, ...]
    tags: tuple[int, ...]
    tags_zero: float
    tags_chinese: float
    tags_inline: float
    emoji: float
    sticker: float
    newcomer: float
    greeting: float
    ages: tuple[float, ...]
    hours: tuple[int, ...]


JANUARY = Wave(
    posts=521,
    quantiles={
        "like": (1, 2, 5, 15, 150, 2881, 10_000, 53_399, 141_000),
        "collect": (0, 0, 0, 0, 5, 85, 456, 2_436, 6_290),
        "comment": (0, 1, 4, 14, 74, 931, 3_067, 7_383, 45_000),
        "share": (0, 0, 0, 0, 4, 133, 509, 3_886, 51_000),
    },
    zero_share={"like": 0.0403, "collect": 0.5086, "comment": 0.0691, "share": 0.5662},
    spearman=(0.841, 0.882, 0.794, 0.767, 0.796, 0.787),
    banded_rows=0.0,
    banded_cells=dict.fromkeys(COUNT_NAMES, (0, 0, 0)),
    language={"en": 0.726, "mixed": 0.148, "zh": 0.017, "none": 0.109},
    video=0.603,
    title_missing=0.230,
    content_missing=0.044,
    content_blank=0.259,
    body_words=0.731,
    title_words=0.766,
    body_length=(0, 0, 10, 17, 24, 34, 48, 70, 85, 103, 125, 175, 270, 662, 894),
    title_length=(0, 7, 13, 14, 14, 14, 16, 20, 23, 25, 27, 31, 35, 38, 39),
    tags=(0, 0, 1, 3, 4, 6, 7, 10, 10),
    tags_zero=0.182,
    tags_chinese=0.115,
    tags_inline=0.002,
    emoji=0.420,
    sticker=0.060,
    newcomer=0.862,
    greeting=0.28,
    ages=(0.006, 0.009, 0.022, 0.142, 0.729, 1.556, 669.915, 2_302.221, 3_062.102),
    hours=(
        *(36, 4, 2, 2, 3, 4, 4, 7, 15, 13, 35, 39),
        *(19, 22, 34, 27, 21, 20, 14, 13, 14, 18, 67, 88),
    ),
)

FEBRUARY = Wave(
    posts=191,
    quantiles={
        "like": (0, 1, 2, 11, 130, 1_019, 5_290, 22_200, 61_000),
        "collect": (0, 0, 0, 1, 6, 42, 177, 851, 1_384),
        "comment": (0, 0, 1, 5, 23, 224, 1_045, 2_353, 5_952),
        "share": (0, 0, 0, 0, 1, 7, 21, 76, 100),
    },
    zero_share={"like": 0.0681, "collect": 0.3874, "comment": 0.178, "share": 0.6283},
    spearman=(0.854, 0.832, 0.666, 0.719, 0.671, 0.556),
    banded_rows=0.236,
    banded_cells={
        "like": (34, 9, 2),
        "collect": (16, 1, 0),
        "comment": (31, 1, 0),
        "share": (6, 1, 0),
    },
    language={"en": 0.424, "mixed": 0.325, "zh": 0.188, "none": 0.063},
    video=0.482,
    title_missing=0.162,
    content_missing=0.005,
    content_blank=0.005,
    body_words=0.670,
    title_words=0.791,
    body_length=(
        *(0, 0, 1, 7.5, 19, 32, 52, 91, 111.5, 139, 187, 255, 396, 794.6, 949),
    ),
    title_length=(3, 6, 8, 9, 10, 12, 14, 18, 20, 21, 25, 30, 35.5, 38.1, 39),
    tags=(0, 0, 2, 4, 7, 9, 10, 10, 18),
    tags_zero=0.110,
    tags_chinese=0.314,
    tags_inline=0.890,
    emoji=0.298,
    sticker=0.079,
    newcomer=0.801,
    greeting=0.12,
    ages=(
        16.827,
        21.707,
        30.211,
        39.531,
        45.395,
        312.508,
        701.763,
        2_429.598,
        2_921.41,
    ),
    hours=(
        *(9, 9, 8, 9, 13, 3, 4, 15, 13, 13, 5, 16),
        *(11, 7, 7, 6, 8, 3, 4, 4, 4, 8, 7, 5),
    ),
)

#: Uses of the ten most used tags of the study, 2,468 uses in all.
TOP_TAGS = (376, 285, 106, 87, 80, 52, 42, 33, 28, 23)
#: Parts of the sample that are calibrated each on its own: the three days that the
#: January wave was published for, the other days before February, and February.
STRATA = (JANUARY, JANUARY, FEBRUARY)

#: Users active per day from 1 January to 28 February 2025 (platform zone). The last
#: day is not in the plot and repeats the day before.
DAILY_ACTIVE_USERS = (
    *(0, 0, 0, 6, 0, 2, 2, 2, 4, 4, 4, 6, 435, 451, 717, 447),
    *(290, 208, 287, 154, 104, 75, 41, 36, 28, 21, 24, 7, 12, 12, 11),
    *(17, 12, 7, 11, 11, 9, 11, 9, 6, 4, 6, 4, 12, 12, 6, 9, 12, 12, 9, 11, 17),
    *(14, 12, 24, 11, 23, 28, 28),
)
FIRST_NEWCOMER_DAY = 12  # 13 January, counted from 0
LAST_PEAK_DAY = 14  # 15 January, counted from 0
FEBRUARY_DAY = 31  # 1 February, counted from 0
