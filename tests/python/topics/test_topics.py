"""Topics: what is fitted, how it is judged, and when it is refused."""

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from refugee_adaptation.planted.topics import (
    planted_topics,
    recover_topics,
    shuffle_words,
    stock_sentences,
)
from refugee_adaptation.shared.words import count_words
from refugee_adaptation.topics import coherence, fits, halves, judging, leakage
from refugee_adaptation.topics.coherence import match_lists, split_interval
from refugee_adaptation.topics.corpus import (
    TopicSettings,
    build_corpus,
    draw_authors,
    judged_part,
    permute_words,
)
from refugee_adaptation.topics.fits import (
    METHODS,
    fit_topics,
    learn_pull,
    npmi_matrix,
    weigh_posts,
)
from refugee_adaptation.topics.topics import (
    CANDIDATE_DTYPES,
    NO_TOPIC,
    TERM_DTYPES,
    WEIGHT_DTYPES,
    assign_posts,
    describe_topics,
    judge_candidates,
    planted_precision,
)
from refugee_adaptation.wording.messages import say

ROOT = Path(__file__).parents[3]
QUICK = TopicSettings(splits=5, replicates=79, topic_counts=(2, 6))


@pytest.fixture(scope="module")
def planted():
    return planted_topics(1500, noise=0.3, mixing=0.05, seed=1)


@pytest.fixture(scope="module")
def judged(planted):
    return judge_candidates(planted.words, planted.posts, QUICK)


def dtypes(frame):
    return frame.dtypes.astype(str).to_dict()


def test_tfidf_in_sql_is_scikit_learns():
    documents = {
        "a": ["cat", "cat", "love"],
        "b": ["cat", "cats", "tiktokrefugee"],
        "c": ["tiktokrefugee"],
    }
    rows = [
        (post, number, word, "latin", words.count(word), 1)
        for number, (post, words) in enumerate(documents.items())
        for word in sorted(set(words))
    ]
    # words that are dropped must not count
    rows += [("a", 0, "the", "latin", 5, 5), ("c", 2, "2025", "hashtag", 1, 1)]
    counted = pd.DataFrame(
        rows,
        columns=[
            "post_id",
            "post_number",
            "word",
            "script",
            "word_count",
            "distinct_count",
        ],
    )
    stop_words = pd.DataFrame(
        [
            ("the", "en", "function_word", "whole"),
            ("refug", "en", "search_term", "part"),
        ],
        columns=["word", "language", "reason", "matching"],
    )
    concepts = pd.DataFrame(
        [("cat", "cat", "en"), ("cat", "cats", "en")],
        columns=["concept", "word", "language"],
    )
    model = ROOT / "dbt_project/models/shared/int_words__weighted.sql"
    sql = re.sub(r'\{\{ ref\("(\w+)"\) \}\}', r"\1", model.read_text())
    with duckdb.connect() as session:
        session.register("int_text__words", counted)
        session.register("stop_words", stop_words)
        session.register("concept_lexicon", concepts)
        found = session.sql(sql).df()
    vectorizer = TfidfVectorizer(analyzer=lambda words: words)
    expected = vectorizer.fit_transform(documents.values()).toarray()
    column = vectorizer.vocabulary_
    assert len(found) == (expected > 0).sum()
    for row in found.itertuples():
        weight = expected[list(documents).index(row.post_id), column[row.word]]
        assert row.tfidf_weight == pytest.approx(weight, abs=1e-12)
    assert set(found.loc[found["is_search_term"], "word"]) == {"tiktokrefugee"}
    assert set(found.loc[found["concept"] == "cat", "word"]) == {"cat", "cats"}


def test_npmi_runs_from_never_over_independent_to_always_together():
    presence = np.array(
        [[1, 1, 0, 1, 0], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, 0]], float
    )
    npmi = npmi_matrix(presence)
    assert npmi[0, 1] == pytest.approx(1)
    assert npmi[0, 2] == -1
    assert npmi[0, 3] == pytest.approx(0)
    assert (npmi[4] == 0).all()  # a word that never occurs
    assert (npmi == npmi.T).all()


def test_the_factorisation_is_scikit_learns(planted):
    corpus = build_corpus(planted.words, planted.posts)
    index = fits.defining_words(corpus, QUICK)
    matrix = fits._association(corpus, index, index, "pmi_nmf", QUICK)
    ours = fits._factorise(matrix, [2, 6])[6]
    model = NMF(6, init="nndsvda", random_state=1, max_iter=500).fit(matrix)
    theirs = model.components_.T
    cosine = (ours / np.linalg.norm(ours, axis=0)).T @ (
        theirs / np.linalg.norm(theirs, axis=0)
    )
    assert np.sort(cosine.max(axis=1))[0] > 0.99
    first = [np.argsort(-factor, axis=0)[:10].T.tolist() for factor in (ours, theirs)]
    assert match_lists(*first)[1].mean() > 0.9


def test_the_interval_of_random_halves_is_wide():
    low, high = split_interval(np.array([0.1, 0.2, 0.3]))
    # t = 4.303 with 2 degrees of freedom; standard error .1 * sqrt(1/3 + 1)
    assert (low, high) == pytest.approx((0.2 - 0.4968, 0.2 + 0.4968), abs=1e-3)
    assert np.isnan(split_interval(np.array([0.1]))).all()


def test_leakage_is_the_area_of_the_best_weight():
    rng = np.random.default_rng(1)
    trait = rng.random(200) < 0.3
    weights = np.column_stack([rng.random(200), rng.random(200) - trait.astype(float)])
    area = max(
        max(roc_auc_score(trait, w), 1 - roc_auc_score(trait, w)) for w in weights.T
    )
    assert leakage.leakage_auc(weights, trait) == pytest.approx(area)
    assert np.isnan(leakage.leakage_auc(weights, np.zeros(200, bool)))


def test_all_weights_together_may_rank_what_none_ranks_alone():
    rng = np.random.default_rng(2)
    level, authors = rng.random(400), np.arange(400)
    # two weights whose ratio tells the trait, each blurred by a common level
    trait = rng.random(400) < 0.5
    left = level * np.where(trait, 1.3, 1.0)
    weights = np.column_stack([left, level])
    assert leakage.leakage_auc(weights, trait) < 0.7
    assert leakage.joint_auc(weights, trait, authors) > 0.9
    # what tells the author alone tells nothing of other people's posts
    people = np.repeat(np.arange(40), 10)
    theirs = rng.random(40) < 0.5
    of_author = rng.random((40, 5))[people]
    assert leakage.joint_auc(of_author, theirs[people], people) < 0.7
    assert np.isnan(leakage.joint_auc(weights, np.zeros(400, bool), authors))
    few = np.arange(400) < 9
    assert leakage.joint_auc(weights, few, authors) == 0.5


def weights_of(corpus, fit):
    pull = learn_pull(corpus, fit.method, fit.word_index, QUICK)
    return weigh_posts(corpus, fit, pull, QUICK)


def test_products_see_that_short_posts_are_near_the_average(planted):
    short = planted.posts["post_number"] % 2 == 0
    posts = planted.posts.assign(is_body_missing=short)
    numbers = set(posts.loc[short, "post_number"])
    mixed = planted.words.sample(frac=1, random_state=1)
    rank = mixed.groupby("post_number").cumcount()
    words = mixed[~mixed["post_number"].isin(numbers) | (rank < 2)]
    corpus = build_corpus(words, posts)
    fit = fit_topics(corpus, "pmi_nmf", [6], QUICK)[6]
    weights = weights_of(corpus, fit)
    trait = corpus.traits["is_body_missing"]
    alone = leakage.leakage_auc(weights, trait)
    joint, curved = (
        leakage.joint_auc(weights, trait, corpus.authors, is_curved)
        for is_curved in (False, True)
    )
    assert curved > joint > alone
    assert curved > alone + 0.1


def test_permuted_words_keep_their_frequencies_and_lose_their_company(planted):
    corpus = build_corpus(planted.words, planted.posts)
    dealt = permute_words(corpus, np.random.default_rng(1))
    before, after = (found.presence.toarray() for found in (corpus, dealt))
    assert (before.sum(axis=1) == after.sum(axis=1)).all()
    for stratum in np.unique(corpus.strata):
        rows = corpus.strata == stratum
        assert (before[rows].sum(axis=0) == after[rows].sum(axis=0)).all()
    own = np.flatnonzero([word.startswith("art0") for word in corpus.words])
    together = [coherence.coherence(npmi_matrix(p), own) for p in (before, after)]
    assert together[0] > 0.2
    assert abs(together[1]) < 0.1


def test_random_words_are_as_frequent_and_of_the_same_script():
    npmi = np.array([[0.0, 0.5, 0.1], [0.5, 0.0, 0.2], [0.1, 0.2, 0.0]])
    frequency, scripts = np.array([5.0, 6, 50]), np.array(["han", "han", "latin"])
    expected = coherence.random_npmi(npmi, frequency, scripts, neighbours=1)
    # of the two Chinese words each stands for the other, the third for itself
    assert expected[0, 1] == npmi[1, 0]
    assert expected[0, 2] == npmi[1, 2]
    assert expected[2, 2] == 0  # a pair of one word is left out


def test_words_in_company_are_told_from_permuted_ones(planted):
    corpus = build_corpus(planted.words, planted.posts)
    index = np.flatnonzero(corpus.document_counts > 20)
    art = np.flatnonzero([word.startswith("art") for word in corpus.words[index]])[:8]
    common = np.flatnonzero([word.startswith("comm") for word in corpus.words[index]])
    lists = {("pmi_nmf", 1): [art], ("pmi_nmf", 2): [common[:8], common[8:16]]}
    rng = np.random.default_rng(1)
    found = halves.permuted_p(corpus, index, lists, QUICK, rng)
    assert found["pmi_nmf", 1] == 1 / 80
    assert found["pmi_nmf", 2] > 0.05
    assert halves.permuted_p(corpus, index, {}, QUICK, rng) == {}


def test_posts_with_both_words_are_counted_by_bits():
    held = np.random.default_rng(1).random((130, 5)) < 0.3
    pairs = np.array([[0, 1, 3], [1, 4, 3]])
    expected = [(held[:, a] & held[:, b]).sum() for a, b in pairs.T]
    assert halves._posts_together(*np.nonzero(held), 130, pairs).tolist() == expected


def test_p_values_of_halves_are_twice_their_median():
    assert halves.combined_p([0.01, 0.02, 0.9]) == pytest.approx(0.04)
    assert halves.combined_p([0.01, 0.02]) == pytest.approx(0.04)
    assert halves.combined_p([0.7]) == 1
    assert np.isnan(halves.combined_p([]))


def test_sentences_that_many_posts_copy_are_no_topic():
    nothing = shuffle_words(planted_topics(800, noise=0.6, mixing=0.05, seed=5), 5)
    sample = stock_sentences(nothing, 5)
    assert not judge_candidates(sample.words, sample.posts, QUICK)["is_chosen"].any()
    # it is the sentences that would be one
    counted = sample.words.assign(distinct_count=sample.words["word_count"])
    assert judge_candidates(counted, sample.posts, QUICK)["is_chosen"].any()


@pytest.mark.parametrize(
    ("low", "p", "stability", "is_chosen", "said"),
    [
        (0.1, 0.05, 0.9, True, "chosen (p = 0.050"),
        (0.1, 0.075, 0.9, False, "permuted words reach it too often (p = 0.075"),
        (-0.1, 0.05, 0.9, False, "not above 0"),
        (0.1, np.nan, 0.9, False, "not asked for"),
        (0.1, 0.05, 0.2, False, "do not give its topics again (stability 0.20"),
        (0.1, 0.05, np.nan, False, "do not give its topics again"),
    ],
)
def test_topics_are_named_only_where_all_tests_agree(
    low, p, stability, is_chosen, said
):
    frame = pd.DataFrame(
        {
            "method": ["pmi_nmf"],
            "topic_count": [2],
            "post_count": [700],
            "lift_score": [0.2],
            "lift_low": [low],
            "replicate_count": [39],
            "p_value": [p],
            "stability_score": [stability],
            "coverage_share": [0.9],
            "leakage_auc": [0.5],
            "met_target_count": [4],
        }
    )
    judging.choose(frame, TopicSettings())
    assert frame["is_chosen"].tolist() == [is_chosen]
    assert said in say(frame["reason_message"].iloc[0], "en")


@pytest.mark.parametrize(("noise", "target"), [(0.3, 0.95), (0.6, 0.90)])
@pytest.mark.parametrize("method", ["pmi_nmf", "bilingual_pmi_nmf"])
def test_planted_topics_are_found(noise, target, method):
    sample = planted_topics(3000, noise=noise, mixing=0.05, seed=2)
    assert recover_topics(sample, method, TopicSettings())["precision"] >= target


def test_without_planted_topics_nothing_is_found():
    sample = planted_topics(800, noise=1.0, mixing=0.05, seed=3)
    assert recover_topics(sample, "pmi_nmf", QUICK)["precision"] == 0
    frame = judge_candidates(sample.words, sample.posts, QUICK)
    assert not frame["is_chosen"].any()
    weights = assign_posts(sample.words, sample.posts, frame, QUICK)
    assert set(weights["topic_number"]) == {NO_TOPIC}
    assert describe_topics(sample.words, sample.posts, frame, QUICK).empty


def test_the_planted_number_of_topics_is_chosen_with_evidence(planted, judged):
    chosen = judged[judged["is_chosen"]].iloc[0]
    assert chosen["topic_count"] == 6
    assert chosen["lift_low"] > 0
    assert chosen["reason"].startswith("chosen")
    assert len(judged) == len(METHODS) * 2
    assert dtypes(judged) == CANDIDATE_DTYPES
    terms = describe_topics(planted.words, planted.posts, judged, QUICK)
    assert dtypes(terms) == TERM_DTYPES
    shown = [
        list(words["word"][words["term_rank"] <= 10])
        for _, words in terms.groupby("topic_number")
    ]
    assert min(planted_precision(shown, planted.topic_words).values()) >= 0.9
    weights = assign_posts(planted.words, planted.posts, judged, QUICK)
    assert dtypes(weights) == WEIGHT_DTYPES
    assert weights.groupby("post_number")["weight"].sum().to_numpy() == pytest.approx(1)
    assert weights["post_number"].nunique() == len(planted.posts)
    sizes = weights.groupby("topic_number")["weight"].sum().loc[1:]
    assert sizes.is_monotonic_decreasing


def test_results_do_not_depend_on_the_order_of_rows_or_on_names_of_users(
    planted, judged
):
    posts = planted.posts.sample(frac=1, random_state=1)
    posts = posts.assign(user_id="x" + posts["user_id"].str[::-1])
    words = planted.words.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(judged, judge_candidates(words, posts, QUICK))


def test_a_leaking_topic_is_seen():
    """Words that stand only in posts without a title tell that it is missing."""
    sample = planted_topics(1500, noise=0.6, mixing=0.05, seed=4)
    words = sample.words.copy()
    missing = sample.posts.loc[sample.posts["is_title_missing"], "post_number"]
    common = words["word"].str.startswith("common")
    leaking = words["post_number"].isin(missing) & common
    words.loc[leaking, "word"] = "untitled" + words.loc[leaking, "word"].str[-3:]
    corpus = build_corpus(words, sample.posts)
    for method in ("npmi_nmf", "pmi_nmf"):
        fit = fit_topics(corpus, method, [7], QUICK)[7]
        weights = weights_of(corpus, fit)
        area = leakage.leakage_auc(weights, corpus.traits["is_title_missing"])
        assert area > 0.8, method


def test_a_method_and_a_number_can_be_asked_for(planted):
    asked = replace(QUICK, only_method="npmi_nmf", only_topic_count=2)
    frame = judge_candidates(planted.words, planted.posts, asked)
    chosen = frame[frame["is_chosen"]].iloc[0]
    assert (chosen["method"], chosen["topic_count"]) == ("npmi_nmf", 2)
    assert chosen["reason"].startswith("chosen among those asked for")


@pytest.mark.parametrize("posts", [0, 1, 50])
def test_a_small_crawl_has_no_topics_and_says_why(planted, posts):
    few = planted.posts.head(posts)
    words = planted.words[planted.words["post_number"] <= posts]
    frame = judge_candidates(words, few, QUICK)
    assert dtypes(frame) == CANDIDATE_DTYPES
    assert frame["lift_score"].isna().all()
    assert frame["reason"].str.contains("not judged").all()
    assert dtypes(describe_topics(words, few, frame, QUICK)) == TERM_DTYPES
    weights = assign_posts(words, few, frame, QUICK)
    assert dtypes(weights) == WEIGHT_DTYPES
    assert list(weights["topic_number"]) == [NO_TOPIC] * posts


def test_a_post_that_repeats_others_is_not_judged_but_gets_weights(planted, judged):
    again = planted.posts.assign(
        post_number=planted.posts["post_number"] + 5000,
        post_id=planted.posts["post_id"] + "again",
    )
    posts = pd.concat([planted.posts, again])
    words = count_words(posts).assign(concept=None)
    corpus, _ = judged_part(words, posts, QUICK)
    once, _ = judged_part(planted.words, planted.posts, QUICK)
    assert (corpus.post_numbers < 5000).all()
    assert (corpus.counts != once.counts).nnz == 0
    weights = assign_posts(words, posts, judged, QUICK)
    assert weights["post_number"].nunique() == len(posts)


def test_posts_of_automated_accounts_define_no_topic(planted):
    posts = planted.posts.assign(is_automated=planted.posts["post_number"] % 3 == 0)
    corpus, whole = judged_part(planted.words, posts, QUICK)
    people = posts.loc[~posts["is_automated"], "post_number"].tolist()
    assert 0 < len(people) < len(posts)
    assert corpus.post_numbers.tolist() == whole.post_numbers.tolist() == people


def test_an_author_stands_on_one_side_of_a_split(planted):
    posts = planted.posts.assign(user_id=planted.posts.index // 7)
    corpus = build_corpus(planted.words, posts)
    inside = draw_authors(corpus, 0.5, np.random.default_rng(1))
    assert 0.48 < inside.mean() <= 0.5
    sides = pd.Series(inside).groupby(corpus.authors).nunique()
    assert (sides == 1).all()


def test_an_unknown_method_is_refused(planted):
    corpus = build_corpus(planted.words, planted.posts)
    with pytest.raises(ValueError, match="expected one of tfidf_nmf"):
        fit_topics(corpus, "lda", [2], QUICK)
