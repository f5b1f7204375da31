"""The founding study's own recipe, its parsing errors included, and its corrections.

The notebook of Freyasrepo/TT-Refugee-Adaptation clusters raw engagement counts with
K-means, flags outliers with DBSCAN and reads topics from a 50-word TF-IDF with NMF.
`replicate` does the same to any crawl, so that a reader sees what the notebook would
have claimed. `correct` computes, from the same posts, what those figures should have
been compared with: log counts, other scalings and nulls that hold no groups.

Both work on the figures of one crawl and return one row per figure, in a fixed
order, with a reason where a figure cannot be computed. The words, constants and
defaults below are the notebook's; none is a recommendation.
"""

import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import jieba
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist
from scipy.stats import rankdata
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import NMF, PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import (
    adjusted_rand_score,
    roc_auc_score,
    silhouette_samples,
    silhouette_score,
)
from sklearn.preprocessing import RobustScaler, StandardScaler

from refugee_adaptation.methods.clustering import silhouette
from refugee_adaptation.methods.copula import GaussianCopula

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Figures = dict[str, "float | str"]

METRICS = ("collect", "comment", "share", "like")
"""The notebook's order of the four counts."""

CLUSTERS = 3
TOPICS = 3
RANDOM_STATE = 42
VOCABULARY_SIZE = 50
TOPIC_WORDS = 10
DBSCAN_EPS = 1.0
DBSCAN_MIN_SAMPLES = 10

# what pandas.read_csv takes for a missing value unless told otherwise
MISSING_TEXT = frozenset(
    [
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)
PLACEHOLDER = "nan"
TOPIC_MARKER = "话题"

# the notebook's class; the four last are the Chinese comma, stop, ! and ?
DROPPED_CHARACTERS = re.compile(r"[^\u4e00-\u9fa5a-zA-Z0-9\s\uff0c\u3002\uff01\uff1f]")

ARTEFACT_WORDS = frozenset(
    [
        PLACEHOLDER,
        TOPIC_MARKER,
        *("一个", "你们", "可以", "大家", "我们", "这里"),
        *("im", "just", "lets", "tok"),
    ]
)
"""Words of the study's vocabulary that are artefacts or function words."""

NAMED_KEYWORDS = (
    *("tiktok", "refugee", "tiktokrefugees话题", "tiktok话题", "抖音难民话题"),
    *("friends", "follow", "community", "welcome", "你好"),
    *("american话题", "usa", "chinese", "learn"),
)
"""The keywords the notebook's text names as its findings."""

RECIPE_COLUMNS = (
    "user_id",
    "read_problem",
    "is_second_wave",
    "title_raw",
    "body_raw",
    *(f"{metric}_count_raw" for metric in METRICS),
)
BAND_COLUMNS = tuple(
    f"{metric}_count{end}" for metric in METRICS for end in ("", "_band_end")
)
FIGURE_COLUMNS = ("figure_id", "figure_value", "figure_text", "reason")

_COUNT_FIGURES = (
    *(f"data_{what}_{metric}" for what in ("sum", "sd") for metric in METRICS),
    "data_title_missing",
    "data_body_missing",
    "audit_placeholder_posts",
    "audit_blank_posts",
    "audit_emptied_posts",
)
_CLUSTER_FIGURES = (
    "clusters_silhouette",
    "clusters_sizes",
    *(f"clusters_size_{k}" for k in range(CLUSTERS)),
    *(f"clusters_rows_{k}" for k in range(1, CLUSTERS)),
    "clusters_inertia",
    "clusters_iterations",
    "clusters_total_ss",
    *(f"clusters_silhouette_{k}" for k in range(CLUSTERS)),
    *(f"clusters_mean_{k}_{m}" for k in range(CLUSTERS) for m in METRICS),
    *(f"clusters_centroid_{k}_{m}" for k in range(CLUSTERS) for m in METRICS),
    "clusters_head",
    "audit_explorers_mean_likes",
    "audit_adapters_posts",
    *(f"audit_row_share_{metric}" for metric in METRICS),
    *(f"audit_skew_{metric}" for metric in METRICS),
    "audit_top_10_silhouette",
    "audit_top_10_ari",
    "audit_robust_silhouette",
    "audit_robust_sizes",
)
_PCA_FIGURES = (
    *(f"pca_explained_{axis}" for axis in range(1, 5)),
    *(f"pca_loading_{axis}_{metric}" for axis in (1, 2) for metric in METRICS),
    *(f"pca_{end}_{axis}" for end in ("max", "min") for axis in (1, 2)),
)
_DBSCAN_FIGURES = (
    "dbscan_clusters",
    "dbscan_outliers",
    "dbscan_rows",
    "dbscan_users",
    "dbscan_head",
    "audit_dbscan_min_likes",
    "audit_dbscan_top_posts",
    "audit_dbscan_silent",
)
_TFIDF_FIGURES = (
    "tfidf_features",
    "tfidf_nonzero",
    "tfidf_empty_rows",
    "tfidf_squared_norm",
    "tfidf_sum",
    "tfidf_vocabulary",
    "audit_vocabulary_artefacts",
    "audit_vocabulary_coverage",
    "audit_named_keywords",
)
_NMF_FIGURES = (
    "nmf_error",
    "nmf_relative_error",
    "nmf_iterations",
    *(f"nmf_words_{t}" for t in range(TOPICS)),
    *(f"nmf_posts_{t}" for t in range(TOPICS)),
    *(f"nmf_weight_{t}" for t in range(TOPICS)),
    "audit_placeholder_loading",
    "audit_placeholder_topic_posts",
    "audit_marker_loading",
    "audit_marker_topic_posts",
    "audit_marker_auc",
)
_TOPIC_BY_CLUSTER_FIGURES = tuple(
    f"nmf_cluster_{k}_topic_{t}" for k in range(CLUSTERS) for t in range(TOPICS)
)

RECIPE_FIGURES = (
    "data_rows",
    "data_rows_unreadable",
    *_COUNT_FIGURES,
    *_CLUSTER_FIGURES,
    *_PCA_FIGURES,
    *_DBSCAN_FIGURES,
    *_TFIDF_FIGURES,
    *_NMF_FIGURES,
    *_TOPIC_BY_CLUSTER_FIGURES,
)
"""Every figure of `replicate`, in the order of its rows."""

#: Pairs of rows that the silhouettes of one null may compare, and the fewest draws.
_NULL_PAIRS = 110_000_000
_FEWEST_DRAWS = 20
_NULLS = ("permutation", "lognormal", "rank_copula")
_NULL_FIGURES = (
    "audit_null_draws",
    *(
        f"audit_null_{null}_{what}"
        for null in _NULLS
        for what in ("mean", "p05", "p95", "share")
    ),
)
_LOG_FIGURES = (
    "clusters_silhouette",
    "clusters_sizes",
    "pca_explained_1",
    "dbscan_outliers",
    *(f"audit_skew_{metric}" for metric in METRICS),
    *(f"audit_row_share_{metric}" for metric in METRICS),
)
_BAND_FIGURES = (
    "audit_band_ari",
    "audit_band_silhouette",
    "audit_band_log_ari",
    "audit_band_rank_fall",
)
CORRECTED_FIGURES = (*_LOG_FIGURES, *_BAND_FIGURES, *_NULL_FIGURES)
"""Every figure of `correct`, in the order of its rows."""


def read_count(text: str | None) -> int | None:
    """Read one count as the notebook does, errors included.

    A plus sign is dropped; with 万 the digits and the point are a number of ten
    thousands; otherwise all digits are run together. So `1千+` is 1, `10+` is 10,
    `1.2亿` is 12 and `-1` is 1.

    Args:
        text: the count as crawled; None or a text pandas takes for missing is 0.

    Returns:
        The notebook's number, or None where it stops with an error (no digit).
    """
    if text is None or text in MISSING_TEXT:
        return 0
    value = text.replace("+", "")
    if "万" in value:
        try:
            return int(float(re.sub(r"[^\d.]", "", value)) * 10000)
        except ValueError:
            return None
    digits = re.sub(r"\D", "", value)
    return int(digits) if digits else None


@cache
def _tokenizer() -> Any:
    # an own instance: words that other code adds to jieba must not reach the recipe
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


def cut_text(text: str | None) -> str:
    """Clean and cut one title or body as the notebook does.

    A missing text becomes the word `nan`; only CJK ideographs up to U+9FA5, ASCII
    letters and digits, blanks and four Chinese marks are kept; jieba cuts the rest
    and the pieces are joined by blanks.

    Args:
        text: the text as crawled, or None.

    Returns:
        The cut text, '' when no character is kept.
    """
    read = PLACEHOLDER if text is None or text in MISSING_TEXT else text
    return " ".join(_tokenizer().cut(DROPPED_CHARACTERS.sub("", read).strip()))


def recipe_clusters(counts: Array) -> Labels:
    """Group posts as the notebook does: three means of standardised raw counts.

    Args:
        counts: Shape (n, 4), in the order of `METRICS`.

    Returns:
        Cluster of each post, shape (n,).

    Raises:
        ValueError: Fewer than four posts, or fewer than three different ones.
    """
    scaled: Array = StandardScaler().fit_transform(counts)
    return np.asarray(_k_means(scaled, 10, RANDOM_STATE).labels_, dtype=np.int64)


def recipe_outliers(counts: Array) -> npt.NDArray[np.bool_]:
    """Call posts anomalous as the notebook does: DBSCAN noise on raw counts.

    Args:
        counts: Shape (n, 4), in the order of `METRICS`.

    Returns:
        Whether each post is noise, shape (n,).
    """
    return np.asarray(_dbscan_labels(StandardScaler().fit_transform(counts)) == -1)


def recipe_topics(documents: Sequence[str]) -> list[list[str]]:
    """Read topics as the notebook does: NMF of a 50-word TF-IDF, three topics.

    Args:
        documents: Texts, cut into words by blanks (see `cut_text`).

    Returns:
        The ten heaviest words of each topic, the heaviest first.

    Raises:
        ValueError: No word is left in any document.
    """
    _, words, model, _ = _topic_model(documents)
    return [_heaviest(words, loading) for loading in model.components_]


def replicate(posts: pd.DataFrame, *, row_limit: int = 5_000) -> pd.DataFrame:
    """Run the study's recipe on posts as crawled.

    Rows that the notebook cannot read (it would stop there) are left out and counted
    in `data_rows_unreadable`.

    Args:
        posts: one row per raw row in file order, the columns of `RECIPE_COLUMNS`,
            text or null. `read_problem` says why a record is not a row at all.
            `is_second_wave` is a boolean or null (written in the later of two
            periods): it only tells what a topic's weight predicts. Row numbers in
            the figures count the readable rows from 0.
        row_limit: above this many rows the models are not fitted: silhouette and
            DBSCAN grow with the square of the rows.

    Returns:
        One row per figure of `RECIPE_FIGURES`: figure_id, figure_value (float64, NaN
        if none), figure_text (string or NA), reason (why there is neither).

    Raises:
        KeyError: a column is missing.

    Source:
        Freyasrepo/TT-Refugee-Adaptation, its notebook of 2025 (CC BY-NC 4.0).
    """
    posts = posts.loc[:, list(RECIPE_COLUMNS)].reset_index(drop=True)
    counts = _read_counts(posts)
    broken = np.isnan(counts).any(axis=1) | posts["read_problem"].notna().to_numpy()
    rows = np.flatnonzero(~broken)
    counts, texts = counts[rows], posts.iloc[rows].reset_index(drop=True)
    figures = _Figures(RECIPE_FIGURES)
    figures.add(
        {
            "data_rows": float(len(posts)),
            "data_rows_unreadable": float(len(posts) - len(texts)),
        }
    )
    if len(counts) == 0:
        return figures.frame("no row to read")
    figures.add(_count_figures(counts) | _text_figures(texts))
    if len(counts) > row_limit:
        return figures.frame(_too_many(row_limit))
    scaled: Array = StandardScaler().fit_transform(counts)
    with figures.answering(_PCA_FIGURES):
        figures.add(_pca_figures(scaled))
    with figures.answering(_DBSCAN_FIGURES):
        figures.add(_dbscan_figures(counts, scaled, texts["user_id"]))
    labels = weights = None
    with figures.answering(_CLUSTER_FIGURES):
        labels, cluster_figures = _cluster_figures(counts, scaled)
        figures.add(cluster_figures)
    with figures.answering((*_TFIDF_FIGURES, *_NMF_FIGURES)):
        weights, topic_figures = _topic_figures(texts)
        figures.add(topic_figures)
    if labels is None or weights is None:
        figures.refuse(_TOPIC_BY_CLUSTER_FIGURES, "needs both clusters and topics")
    else:
        figures.add(_topic_by_cluster_figures(labels, weights))
    return figures.frame()


def correct(
    posts: pd.DataFrame,
    *,
    null_draws: int = 20,
    row_limit: int = 5_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute what the recipe's figures should be compared with.

    A banded count such as `10+` stands at the middle of its band on the log scale; an
    open band ends before ten times its start. The nulls
    hold the counts' distribution but no groups, and go through the notebook's own
    scaling and K-means: columns shuffled one by one (`permutation`), correlated
    log-normal counts (`lognormal`), and a Gaussian copula with the observed counts
    as marginals (`rank_copula`).

    Args:
        posts: one row per raw row, in the order given to `replicate`: the columns of
            `RECIPE_COLUMNS` and of `BAND_COLUMNS` (numbers: the count, which is the
            start of its band, null if unreadable; and the band's last number, null
            if open; a count that is no band ends where it starts).
        null_draws: draws of each null, fewer on crawls of more than some 700 rows, but
            never fewer than 20; 0 leaves the nulls out.
        row_limit: above this many rows nothing is fitted.
        seed: of the draws and of K-means on log counts.

    Returns:
        One row per figure of `CORRECTED_FIGURES`, columns as in `replicate`.

    Raises:
        KeyError: a column is missing.
        ValueError: `null_draws` is negative.

    Source:
        Rousseeuw 1987, J. Comput. Appl. Math. 20 (silhouette); Hubert and Arabie
        1985, J. Classif. 2 (adjusted Rand index); Nelsen 2006, An Introduction to
        Copulas (Gaussian copula).
    """
    if null_draws < 0:
        raise ValueError(f"null_draws must not be negative, got {null_draws}")
    posts = posts.loc[:, [*RECIPE_COLUMNS, *BAND_COLUMNS]].reset_index(drop=True)
    read = _read_counts(posts)
    low, middle = _band_counts(posts)
    usable = ~(np.isnan(read) | np.isnan(low)).any(axis=1)
    usable &= posts["read_problem"].isna().to_numpy()
    # the order of the rows is nothing these figures may depend on
    order = np.lexsort(np.hstack([read, middle]).T)
    rows = order[usable[order]]
    read, low, middle = read[rows], low[rows], middle[rows]
    figures = _Figures(CORRECTED_FIGURES)
    if len(read) == 0:
        return figures.frame("no row to read")
    if len(read) > row_limit:
        return figures.frame(_too_many(row_limit))
    with figures.answering(_LOG_FIGURES):
        figures.add(_log_figures(middle, seed))
    with figures.answering(_BAND_FIGURES):
        figures.add(_band_figures(read, low, middle, seed))
    if null_draws == 0:
        return figures.frame("no null draw was asked for")
    with figures.answering(_NULL_FIGURES):
        figures.add(_null_figures(read, middle, null_draws, seed))
    return figures.frame()


class _UnanswerableError(ValueError):
    """The figures cannot be computed on this crawl; the message says why."""


class _Figures:
    """Collects values by figure; whatever is left out gets a reason."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.values: Figures = {}
        self.reasons: dict[str, str] = {}

    def add(self, values: Mapping[str, float | str]) -> None:
        """Keep the values of known figures."""
        self.values |= {k: v for k, v in values.items() if k in self.names}

    def refuse(self, names: Sequence[str], reason: str) -> None:
        """Say why these figures have no value."""
        self.reasons |= dict.fromkeys(names, reason)

    @contextmanager
    def answering(self, names: Sequence[str]) -> Iterator[None]:
        """Turn what cannot be computed inside into a reason for these figures."""
        try:
            yield
        except _UnanswerableError as reason:
            self.refuse(names, str(reason))

    def frame(
        self, otherwise: str = "not defined here: nothing to compare"
    ) -> pd.DataFrame:
        """One row per figure, in order; a number that is not finite gets a reason."""
        rows: list[tuple[str, float | None, str | None, str | None]] = []
        for name in self.names:
            value = self.values.get(name)
            if isinstance(value, str):
                rows.append((name, None, value, None))
            elif value is not None and np.isfinite(value):
                rows.append((name, float(value), None, None))
            else:
                rows.append((name, None, None, self.reasons.get(name, otherwise)))
        frame = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS), dtype=object)
        text_columns = [name for name in FIGURE_COLUMNS if name != "figure_value"]
        # a typed text column stays text where every value is missing
        return frame.astype(
            {"figure_value": np.float64, **dict.fromkeys(text_columns, "string")}
        )


def _too_many(row_limit: int) -> str:
    return f"more than {row_limit:,} rows: the recipe grows with their square"


def _read_counts(posts: pd.DataFrame) -> Array:
    """The notebook's counts, n rows x 4 metrics; NaN where it would stop."""
    columns = [
        [
            np.nan if (count := read_count(text)) is None else float(count)
            for text in posts[f"{metric}_count_raw"].fillna("")
        ]
        for metric in METRICS
    ]
    return np.array(columns, dtype=np.float64).T


def _by_metric(prefix: str, values: npt.ArrayLike) -> Figures:
    return {
        f"{prefix}_{metric}": float(value)
        for metric, value in zip(METRICS, np.asarray(values), strict=True)
    }


def _row_list(rows: npt.NDArray[np.bool_], at_most: int = 100) -> str:
    positions = [str(row) for row in np.flatnonzero(rows)]
    more = len(positions) - at_most
    return ", ".join(positions[:at_most]) + (f" and {more} more" if more > 0 else "")


def _sizes(labels: Labels) -> str:
    return "/".join(str(size) for size in sorted(np.bincount(labels), reverse=True))


def _skew(values: Array) -> Array:
    centred = values - values.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        skew: Array = (centred**3).mean(axis=0) / (centred**2).mean(axis=0) ** 1.5
    return skew


def _largest_row_share(scaled: Array) -> Array:
    squares = scaled**2
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = squares.max(axis=0) / squares.sum(axis=0)
    return share


def _k_means(values: Array, starts: int, random_state: int) -> KMeans:
    if len(values) <= CLUSTERS or len(np.unique(values, axis=0)) < CLUSTERS:
        raise _UnanswerableError(
            f"{CLUSTERS} clusters need more than {CLUSTERS} rows, "
            f"{CLUSTERS} of them different"
        )
    return KMeans(CLUSTERS, n_init=starts, random_state=random_state).fit(values)


def _count_figures(counts: Array) -> Figures:
    return {
        **_by_metric("data_sum", counts.sum(axis=0)),
        **_by_metric("data_sd", counts.std(axis=0)),
    }


def _text_figures(texts: pd.DataFrame) -> Figures:
    title, body = (texts[column].fillna("") for column in ("title_raw", "body_raw"))
    no_title, no_body = title.isin(MISSING_TEXT), body.isin(MISSING_TEXT)
    text = title.mask(no_title, "") + body.mask(no_body, "")
    kept = text.str.replace(DROPPED_CHARACTERS, "", regex=True)
    return {
        "data_title_missing": float(no_title.sum()),
        "data_body_missing": float(no_body.sum()),
        "audit_placeholder_posts": float((no_title | no_body).sum()),
        "audit_blank_posts": float((text.str.strip() == "").sum()),
        "audit_emptied_posts": float((kept.str.strip() == "").sum()),
    }


def _cluster_figures(counts: Array, scaled: Array) -> tuple[Labels, Figures]:
    fit = _k_means(scaled, 10, RANDOM_STATE)
    labels = fit.labels_.astype(np.int64)
    silhouettes = silhouette_samples(scaled, labels)
    figures: Figures = {
        "clusters_silhouette": float(silhouettes.mean()),
        "clusters_sizes": _sizes(labels),
        "clusters_inertia": float(fit.inertia_),
        "clusters_iterations": float(fit.n_iter_),
        "clusters_total_ss": float((scaled**2).sum()),
        "clusters_head": ",".join(str(label) for label in labels[:5]),
        **_by_metric("audit_row_share", _largest_row_share(scaled)),
        **_by_metric("audit_skew", _skew(counts)),
    }
    for k in range(CLUSTERS):
        members = labels == k
        figures |= {
            f"clusters_size_{k}": float(members.sum()),
            f"clusters_rows_{k}": _row_list(members),
            f"clusters_silhouette_{k}": float(silhouettes[members].mean()),
            **_by_metric(f"clusters_mean_{k}", counts[members].mean(axis=0)),
            **_by_metric(f"clusters_centroid_{k}", fit.cluster_centers_[k]),
        }
    likes = counts[:, METRICS.index("like")]
    figures["audit_explorers_mean_likes"] = float(likes[labels == 1].mean())
    figures["audit_adapters_posts"] = float((labels == 2).sum())
    most_liked = np.zeros(len(likes), dtype=np.int64)
    most_liked[np.argsort(-likes, kind="stable")[:10]] = 1
    if len(likes) > 10:
        figures["audit_top_10_silhouette"] = float(silhouette_score(scaled, most_liked))
        figures["audit_top_10_ari"] = float(adjusted_rand_score(most_liked, labels))
    robust: Array = RobustScaler().fit_transform(counts)
    robust_labels = _k_means(robust, 10, RANDOM_STATE).labels_.astype(np.int64)
    figures["audit_robust_silhouette"] = float(silhouette_score(robust, robust_labels))
    figures["audit_robust_sizes"] = _sizes(robust_labels)
    return labels, figures


def _pca_figures(scaled: Array) -> Figures:
    if len(np.unique(scaled, axis=0)) < 2:
        raise _UnanswerableError("principal components need 2 different rows")
    fit = PCA(min(len(scaled), len(METRICS))).fit(scaled)
    scores = fit.transform(scaled)
    figures: Figures = {}
    for axis, (share, loading) in enumerate(
        zip(fit.explained_variance_ratio_, fit.components_, strict=True), start=1
    ):
        figures |= {
            f"pca_explained_{axis}": float(share),
            f"pca_max_{axis}": float(scores[:, axis - 1].max()),
            f"pca_min_{axis}": float(scores[:, axis - 1].min()),
            **_by_metric(f"pca_loading_{axis}", loading),
        }
    return figures


def _dbscan_labels(scaled: Array) -> Labels:
    found = DBSCAN(eps=DBSCAN_EPS, min_samples=DBSCAN_MIN_SAMPLES).fit_predict(scaled)
    return np.asarray(found, dtype=np.int64)


def _dbscan_figures(counts: Array, scaled: Array, users: "pd.Series[Any]") -> Figures:
    labels = _dbscan_labels(scaled)
    outliers = labels == -1
    likes = counts[:, METRICS.index("like")]
    by_likes = outliers[np.argsort(-likes, kind="stable")]
    silent = counts.sum(axis=1) == 0
    return {
        "dbscan_clusters": float(labels.max() + 1),
        "dbscan_outliers": float(outliers.sum()),
        "dbscan_rows": _row_list(outliers),
        "dbscan_users": float(users[outliers].nunique()),
        "dbscan_head": ",".join(str(label) for label in labels[:5]),
        "audit_dbscan_min_likes": float(likes[outliers].min(initial=np.inf)),
        "audit_dbscan_top_posts": float(np.cumprod(by_likes).sum()),
        "audit_dbscan_silent": f"{(outliers & silent).sum()} of {silent.sum()}",
    }


def _topic_model(documents: Sequence[str]) -> tuple[Any, list[str], NMF, Array]:
    """TF-IDF (n x 50, sparse), its words, the fitted NMF, its weights (n x 3)."""
    vectorizer = TfidfVectorizer(max_features=VOCABULARY_SIZE, stop_words="english")
    analyze = vectorizer.build_analyzer()
    if not any(analyze(document) for document in documents):
        raise _UnanswerableError("no word is left in any post")
    matrix = vectorizer.fit_transform(documents)
    words = [str(word) for word in vectorizer.get_feature_names_out()]
    model = NMF(TOPICS, random_state=RANDOM_STATE)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights: Array = model.fit_transform(matrix)
    return matrix, words, model, weights


def _heaviest(words: Sequence[str], loading: Array) -> list[str]:
    return [words[index] for index in loading.argsort()[: -TOPIC_WORDS - 1 : -1]]


def _topic_figures(texts: pd.DataFrame) -> tuple[Array, Figures]:
    """The TF-IDF and NMF figures with the topic weights, n rows x 3."""
    documents = [
        f"{cut_text(title)} {cut_text(body)}"
        for title, body in zip(
            texts["title_raw"].fillna(""), texts["body_raw"].fillna(""), strict=True
        )
    ]
    matrix, words, model, weights = _topic_model(documents)
    analyze = TfidfVectorizer(stop_words="english").build_analyzer()
    tokens = Counter(word for document in documents for word in analyze(document))
    analyze_all = TfidfVectorizer().build_analyzer()
    length = float(np.sqrt((matrix.data**2).sum()))
    figures: Figures = {
        "tfidf_features": float(len(words)),
        "tfidf_nonzero": float(matrix.nnz),
        "tfidf_empty_rows": float((np.diff(matrix.indptr) == 0).sum()),
        "tfidf_squared_norm": length**2,
        "tfidf_sum": float(matrix.sum()),
        "tfidf_vocabulary": " ".join(words),
        "audit_vocabulary_artefacts": float(len(ARTEFACT_WORDS.intersection(words))),
        "audit_vocabulary_coverage": sum(tokens[word] for word in words)
        / sum(len(analyze_all(document)) for document in documents),
        "audit_named_keywords": float(len(set(NAMED_KEYWORDS).intersection(words))),
        "nmf_error": float(model.reconstruction_err_),
        "nmf_relative_error": float(model.reconstruction_err_) / length,
        "nmf_iterations": float(model.n_iter_),
    }
    dominant = weights.argmax(axis=1)
    for topic, loading in enumerate(model.components_):
        figures |= {
            f"nmf_words_{topic}": " ".join(_heaviest(words, loading)),
            f"nmf_posts_{topic}": float((dominant == topic).sum()),
            f"nmf_weight_{topic}": float(weights[:, topic].mean()),
        }
    return weights, figures | _leak_figures(texts, words, model.components_, weights)


def _leak_figures(
    texts: pd.DataFrame, words: list[str], loadings: Array, weights: Array
) -> Figures:
    """How far two topics follow a placeholder and a crawl format, not a subject."""
    text = texts[["title_raw", "body_raw"]].fillna("")
    missing = text.isin(MISSING_TEXT).any(axis=1).to_numpy()
    marked = (
        (text["title_raw"] + " " + text["body_raw"])
        .str.contains(f"[{TOPIC_MARKER}]", regex=False)
        .to_numpy()
    )
    dominant = weights.argmax(axis=1)
    figures: Figures = {}
    shares = loadings / np.maximum(loadings.sum(axis=1, keepdims=True), 1e-12)
    for name, word, held in (
        ("placeholder", PLACEHOLDER, missing),
        ("marker", TOPIC_MARKER, marked),
    ):
        if word not in words:
            figures[f"audit_{name}_loading"] = 0.0
            figures[f"audit_{name}_topic_posts"] = "the word is not in the vocabulary"
            continue
        topic = int(shares[:, words.index(word)].argmax())
        posts = dominant == topic
        figures[f"audit_{name}_loading"] = float(shares[topic, words.index(word)])
        figures[f"audit_{name}_topic_posts"] = (
            f"{(posts & held).sum()} of {posts.sum()}"
        )
        if name == "marker":
            late = texts["is_second_wave"]
            known = late.notna().to_numpy()
            truth = late[known].astype(bool).to_numpy()
            if truth.any() and not truth.all():
                total = np.maximum(weights.sum(axis=1), 1e-12)
                score = (weights[:, topic] / total)[known]
                figures["audit_marker_auc"] = float(roc_auc_score(truth, score))
    return figures


def _topic_by_cluster_figures(labels: Labels, weights: Array) -> Figures:
    return {
        f"nmf_cluster_{k}_topic_{topic}": float(weights[labels == k, topic].mean())
        for k in range(CLUSTERS)
        for topic in range(TOPICS)
    }


def _band_counts(posts: pd.DataFrame) -> tuple[Array, Array]:
    """Starts of the bands, and middles on the log scale; each n rows x 4 metrics."""
    lows: list[Array] = []
    middles: list[Array] = []
    for metric in METRICS:
        low: Array = posts[f"{metric}_count"].to_numpy(np.float64)
        high: Array = posts[f"{metric}_count_band_end"].to_numpy(np.float64)
        high = np.where(np.isnan(high), np.maximum(10 * low - 1, low), high)
        lows.append(low)
        middle: Array = np.expm1((np.log1p(low) + np.log1p(high)) / 2)
        middles.append(middle)
    return np.column_stack(lows), np.column_stack(middles)


def _log_labels(counts: Array, seed: int) -> tuple[Array, Labels]:
    scaled: Array = StandardScaler().fit_transform(np.log1p(counts))
    return scaled, _k_means(scaled, 20, seed).labels_.astype(np.int64)


def _log_figures(middle: Array, seed: int) -> Figures:
    scaled, labels = _log_labels(middle, seed)
    density = DBSCAN(eps=DBSCAN_EPS, min_samples=DBSCAN_MIN_SAMPLES)
    return {
        "clusters_silhouette": float(silhouette_score(scaled, labels)),
        "clusters_sizes": _sizes(labels),
        "pca_explained_1": float(PCA(1).fit(scaled).explained_variance_ratio_[0]),
        "dbscan_outliers": float((density.fit_predict(scaled) == -1).sum()),
        **_by_metric("audit_skew", _skew(np.log1p(middle))),
        **_by_metric("audit_row_share", _largest_row_share(scaled)),
    }


def _band_figures(read: Array, low: Array, middle: Array, seed: int) -> Figures:
    """What reading the bands right changes in the study's clusters and ranks."""
    scaled_read: Array = StandardScaler().fit_transform(read)
    scaled_low: Array = StandardScaler().fit_transform(low)
    labels_read = _k_means(scaled_read, 10, RANDOM_STATE).labels_
    labels_low = _k_means(scaled_low, 10, RANDOM_STATE).labels_
    figures: Figures = {
        "audit_band_silhouette": float(silhouette_score(scaled_low, labels_low)),
        "audit_band_ari": float(adjusted_rand_score(labels_read, labels_low)),
        "audit_band_log_ari": float(
            adjusted_rand_score(
                _log_labels(read, seed)[1], _log_labels(middle, seed)[1]
            )
        ),
    }
    column = METRICS.index("like")
    fallen = read[:, column] < low[:, column]
    if fallen.any():
        ranks = [rankdata(-likes) for likes in (read[:, column], middle[:, column])]
        figures["audit_band_rank_fall"] = float((ranks[0] - ranks[1])[fallen].mean())
    return figures


def _null_figures(read: Array, middle: Array, draws: int, seed: int) -> Figures:
    scaled: Array = StandardScaler().fit_transform(read)
    observed = silhouette_score(scaled, _k_means(scaled, 10, RANDOM_STATE).labels_)
    draws = min(draws, max(_FEWEST_DRAWS, _NULL_PAIRS // len(read) ** 2))
    figures: Figures = {"audit_null_draws": float(draws)}
    for null, draw in _null_draws(read, middle, seed).items():
        # one stream a null, so that no null's draws depend on another's
        stream = np.random.default_rng([seed, _NULLS.index(null)])
        scores = np.array([_null_silhouette(draw(stream)) for _ in range(draws)])
        figures |= {
            f"audit_null_{null}_mean": float(scores.mean()),
            f"audit_null_{null}_p05": float(np.quantile(scores, 0.05)),
            f"audit_null_{null}_p95": float(np.quantile(scores, 0.95)),
            f"audit_null_{null}_share": float((scores >= observed).mean()),
        }
    return figures


def _null_draws(
    read: Array, middle: Array, seed: int
) -> dict[str, Callable[[np.random.Generator], Array]]:
    logs = np.log1p(middle)
    copula = GaussianCopula.fit(read, seed)

    def permutation(rng: np.random.Generator) -> Array:
        return rng.permuted(read, axis=0)

    def lognormal(rng: np.random.Generator) -> Array:
        draw = rng.multivariate_normal(
            logs.mean(axis=0), np.cov(logs, rowvar=False), len(logs)
        )
        # a count is not negative; the normal's lower tail stands at zero
        return np.maximum(np.expm1(draw), 0.0)

    def rank_copula(rng: np.random.Generator) -> Array:
        return copula.draw(len(read), rng)

    return {
        "permutation": permutation,
        "lognormal": lognormal,
        "rank_copula": rank_copula,
    }


def _null_silhouette(counts: Array) -> float:
    scaled: Array = StandardScaler().fit_transform(counts)
    labels = _k_means(scaled, 10, RANDOM_STATE).labels_.astype(np.int64)
    return silhouette(cdist(scaled, scaled), labels)
