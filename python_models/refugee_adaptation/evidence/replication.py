"""The founding study's recipe on any crawl: what its notebook would have claimed.

One row per figure, in a fixed order, with a reason where a figure cannot be computed.
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, silhouette_samples, silhouette_score
from sklearn.preprocessing import RobustScaler, StandardScaler

from refugee_adaptation.evidence.figures import (
    Figures,
    FigureTable,
    UnanswerableError,
    by_metric,
    cluster_sizes,
    largest_row_share,
    row_list,
    skewness,
    too_many_rows,
)
from refugee_adaptation.evidence.reading import (
    DROPPED_CHARACTERS,
    METRICS,
    MISSING_TEXT,
    PLACEHOLDER,
    RECIPE_COLUMNS,
    TOPIC_MARKER,
    cut_text,
    read_counts,
)
from refugee_adaptation.evidence.recipe import (
    CLUSTERS,
    RANDOM_STATE,
    TOPICS,
    dbscan_labels,
    heaviest_words,
    k_means,
    topic_model,
)
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.fits import many_small_fits
from refugee_adaptation.shared.inference import ranked_auc

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


def replicate(posts: pd.DataFrame, *, row_limit: int = 5_000) -> pd.DataFrame:
    """Run the study's recipe on posts as crawled.

    Rows that the notebook cannot read (it would stop there) are left out and counted
    in `data_rows_unreadable`.

    Args:
        posts: one row per raw row in file order, the columns of `RECIPE_COLUMNS`,
            text or null. `read_problem` says why a record is not a row at all.
            `is_second_wave` is a boolean or null (written in the later of the
            two waves): it only serves to ask what a topic's weight predicts. Row
            numbers in the figures count the readable rows from 0.
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
    counts = read_counts(posts)
    broken = np.isnan(counts).any(axis=1) | posts["read_problem"].notna().to_numpy()
    rows = np.flatnonzero(~broken)
    counts, texts = counts[rows], posts.iloc[rows].reset_index(drop=True)
    figures = FigureTable(RECIPE_FIGURES)
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
        return figures.frame(too_many_rows(row_limit))
    scaled: FloatArray = StandardScaler().fit_transform(counts)
    with figures.answering(_PCA_FIGURES):
        figures.add(_pca_figures(scaled))
    with figures.answering(_DBSCAN_FIGURES):
        figures.add(_dbscan_figures(counts, scaled, texts["user_id"]))
    labels = weights = None
    with figures.answering(_CLUSTER_FIGURES), many_small_fits():
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


def _count_figures(counts: FloatArray) -> Figures:
    return {
        **by_metric("data_sum", counts.sum(axis=0)),
        **by_metric("data_sd", counts.std(axis=0)),
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


def _cluster_figures(
    counts: FloatArray, scaled: FloatArray
) -> tuple[IntArray, Figures]:
    fit = k_means(scaled, 10, RANDOM_STATE)
    labels = fit.labels_.astype(np.int64)
    silhouettes = silhouette_samples(scaled, labels)
    figures: Figures = {
        "clusters_silhouette": float(silhouettes.mean()),
        "clusters_sizes": cluster_sizes(labels),
        "clusters_inertia": float(fit.inertia_),
        "clusters_iterations": float(fit.n_iter_),
        "clusters_total_ss": float((scaled**2).sum()),
        "clusters_head": ",".join(str(label) for label in labels[:5]),
        **by_metric("audit_row_share", largest_row_share(scaled)),
        **by_metric("audit_skew", skewness(counts)),
    }
    for k in range(CLUSTERS):
        members = labels == k
        figures |= {
            f"clusters_size_{k}": float(members.sum()),
            f"clusters_rows_{k}": row_list(members),
            f"clusters_silhouette_{k}": float(silhouettes[members].mean()),
            **by_metric(f"clusters_mean_{k}", counts[members].mean(axis=0)),
            **by_metric(f"clusters_centroid_{k}", fit.cluster_centers_[k]),
        }
    likes = counts[:, METRICS.index("like")]
    figures["audit_explorers_mean_likes"] = float(likes[labels == 1].mean())
    figures["audit_adapters_posts"] = float((labels == 2).sum())
    most_liked = np.zeros(len(likes), dtype=np.int64)
    most_liked[np.argsort(-likes, kind="stable")[:10]] = 1
    if len(likes) > 10:
        figures["audit_top_10_silhouette"] = float(silhouette_score(scaled, most_liked))
        figures["audit_top_10_ari"] = float(adjusted_rand_score(most_liked, labels))
    robust: FloatArray = RobustScaler().fit_transform(counts)
    robust_labels = k_means(robust, 10, RANDOM_STATE).labels_.astype(np.int64)
    figures["audit_robust_silhouette"] = float(silhouette_score(robust, robust_labels))
    figures["audit_robust_sizes"] = cluster_sizes(robust_labels)
    return labels, figures


def _pca_figures(scaled: FloatArray) -> Figures:
    if len(np.unique(scaled, axis=0)) < 2:
        raise UnanswerableError("principal components need 2 different rows")
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
            **by_metric(f"pca_loading_{axis}", loading),
        }
    return figures


def _dbscan_figures(
    counts: FloatArray, scaled: FloatArray, users: "pd.Series[Any]"
) -> Figures:
    labels = dbscan_labels(scaled)
    outliers = labels == -1
    likes = counts[:, METRICS.index("like")]
    by_likes = outliers[np.argsort(-likes, kind="stable")]
    silent = counts.sum(axis=1) == 0
    return {
        "dbscan_clusters": float(labels.max() + 1),
        "dbscan_outliers": float(outliers.sum()),
        "dbscan_rows": row_list(outliers),
        "dbscan_users": float(users[outliers].nunique()),
        "dbscan_head": ",".join(str(label) for label in labels[:5]),
        "audit_dbscan_min_likes": float(likes[outliers].min(initial=np.inf)),
        "audit_dbscan_top_posts": float(np.cumprod(by_likes).sum()),
        "audit_dbscan_silent": f"{(outliers & silent).sum()} of {silent.sum()}",
    }


def _topic_figures(texts: pd.DataFrame) -> tuple[FloatArray, Figures]:
    """The TF-IDF and NMF figures with the topic weights, n rows x 3."""
    documents = [
        f"{cut_text(title)} {cut_text(body)}"
        for title, body in zip(
            texts["title_raw"].fillna(""), texts["body_raw"].fillna(""), strict=True
        )
    ]
    matrix, words, model, weights = topic_model(documents)
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
            f"nmf_words_{topic}": " ".join(heaviest_words(words, loading)),
            f"nmf_posts_{topic}": float((dominant == topic).sum()),
            f"nmf_weight_{topic}": float(weights[:, topic].mean()),
        }
    return weights, figures | _leak_figures(texts, words, model.components_, weights)


def _leak_figures(
    texts: pd.DataFrame, words: list[str], loadings: FloatArray, weights: FloatArray
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
                score = (weights[:, [topic]] / total[:, None])[known]
                figures["audit_marker_auc"] = float(ranked_auc(score, truth)[0])
    return figures


def _topic_by_cluster_figures(labels: IntArray, weights: FloatArray) -> Figures:
    return {
        f"nmf_cluster_{k}_topic_{topic}": float(weights[labels == k, topic].mean())
        for k in range(CLUSTERS)
        for topic in range(TOPICS)
    }
