"""Anomalies: a generated crawl, built by dbt, its flags against the generator's truth.

The rules are SQL, so they are judged end to end: crawl in, mart out. Influencers and
silent users are planted by the thresholds that the rules have, and automated accounts
by two of the signs that the rule counts, with promotion in words of the lexicon: these
rows check the code, not whether the rules are right. Others go further: promotion in
words held out from the lexicon, ordinary people with one honest sign each, and machines
and sellers of other authorship (`planted/worlds/accounts`) among people of whom nothing
is planted.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from refugee_adaptation.compiled import (
    build_table,
    compile_project,
    needed_for,
    read_steps,
    run_dbt,
)
from refugee_adaptation.crawl.keys import KEY_VARIABLE, user_pseudonym
from refugee_adaptation.evidence.reading import METRICS, read_count
from refugee_adaptation.evidence.recipe import recipe_outliers
from refugee_adaptation.planted.results import (
    FALSE_CLAIMS,
    Estimate,
    Plan,
    Result,
    at_least,
    at_most,
    result,
    share_of,
)
from refugee_adaptation.planted.worlds.accounts import KINDS, add_accounts
from refugee_adaptation.planted.worlds.crawl import person_ids, write_crawl
from refugee_adaptation.planted.worlds.kinds import draw_world
from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.generator import Sample, local_time
from refugee_adaptation.sample.posts import MANY_TAGS
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.writing import batches, write_csv

NAME = "anomalies"
TYPES = {
    "influencer": at_least(0.95),
    "silent": at_least(0.95),
    "bot_like": at_least(0.85),
}
_KEY = "planted truth: there is nobody to protect"
Flags = npt.NDArray[np.bool_]
Change = Callable[[Sample], Sample]

#: What a promoting account says in the sample, and how another one may say it: none of
#: it is in the lexicon, and nothing of it is a contact detail.
HELD_OUT_SENTENCES = (
    (r"we grow accounts from .*?vx: grow\d+", "your page is big by friday, ask us how"),
    (
        r"[^.]* agency, price list by vx: .*?66\b",
        "our talent team has rates in the bio",
    ),
    (r"paid .*? promo code .*?@example[.]com", "thirty off through my link, no catch"),
)
HELD_OUT_TAGS = ("brandpartner", "ugcjobs", "shoutouts", "达人孵化", "投流", "广告位")
HONEST_SIGNS = ("burst", "tags", "tags with an agency's", "an agency's tag")
HONEST_SHARE = 0.4
_BURST_SECONDS = 300
ORDINARY = "people"


@dataclass(frozen=True)
class Judged:
    """Authors of generated crawls: what they are, and what each method says.

    Attributes:
        users: One row per author: ``is_<type>`` (the truth) and ``found_<type>`` for
            each of TYPES, ``study`` (noise of the study's DBSCAN) and ``most_liked``
            (the top 1 % by their most liked post).
    """

    users: pd.DataFrame

    def f1(self, kind: str, found: str) -> Estimate:
        """F1 of a flag with its exact interval.

        TP / (TP + FP + FN) is a share of users with an exact interval (Clopper and
        Pearson 1934), and F1 = 2 J / (1 + J) rises with it.

        Args:
            kind: One of TYPES.
            found: Column of the flag.

        Returns:
            F1; not a number where there is nobody to find and nobody is flagged.
        """
        truth = self.users[f"is_{kind}"].to_numpy(bool)
        flagged = self.users[found].to_numpy(bool)
        hits, either = int((truth & flagged).sum()), int((truth | flagged).sum())
        if not either:
            return Estimate(np.nan, np.nan, np.nan, len(truth))
        exact = stats.binomtest(hits, either).proportion_ci(0.95, "exact")
        value, low, high = (
            float(2 * share / (1 + share))
            for share in (hits / either, exact.low, exact.high)
        )
        return Estimate(value, low, high, len(truth))


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module.

    Raises:
        RuntimeError: The project's folder is not there, or dbt fails.
    """
    with tempfile.TemporaryDirectory(prefix="planted_") as folder:
        for posts in plan.choose((600,), (600, 3000)):
            yield from _types(plan, posts, Path(folder))
        yield from _other_accounts(plan, Path(folder))
        if plan.is_full:
            yield _held_out(plan, Path(folder))
            yield _ordinary_people(plan, Path(folder))


def _types(plan: Plan, posts: int, folder: Path) -> Iterator[Result]:
    seeds = list(plan.seeds(f"anomalies, {posts} posts", 1))
    judged = Judged(
        pd.concat(judge(Settings(posts=posts, seed=seed), folder) for seed in seeds)
    )
    for kind, target in TYPES.items():
        positives = int(judged.users[f"is_{kind}"].sum())
        yield result(
            judged.f1(kind, f"found_{kind}"),
            experiment=NAME,
            method=f"rules, {kind.replace('_', '-')}",
            planted=f"{kind.replace('_', '-')} users among ordinary ones",
            separation=1,
            sample_size=posts,
            unit="posts",
            metric="F1 over users",
            study_recipe=judged.f1(kind, "study").value,
            trivial_baseline=judged.f1(kind, "most_liked").value,
            target=target,
            detail=f"{positives} of {len(judged.users)} users in {len(seeds)} "
            + ("crawl" if len(seeds) == 1 else "crawls"),
        )


def _held_out(plan: Plan, folder: Path) -> Result:
    """Promotion in words that the lexicon does not have: who is found all the same?"""
    seeds = list(plan.seeds("anomalies, words held out, 3000 posts", 1))
    judged = Judged(
        pd.concat(
            judge(Settings(posts=3000, seed=seed), folder, in_held_out_words)
            for seed in seeds
        )
    )
    positives = int(judged.users["is_bot_like"].sum())
    return result(
        judged.f1("bot_like", "found_bot_like"),
        experiment=NAME,
        method="rules, bot-like",
        planted="bot-like users, promotion in words held out from the lexicon",
        separation=1,
        sample_size=3000,
        unit="posts",
        metric="F1 over users, words held out",
        study_recipe=judged.f1("bot_like", "study").value,
        trivial_baseline=judged.f1("bot_like", "most_liked").value,
        detail=f"{positives} of {len(judged.users)} users in 1 crawl",
    )


def _ordinary_people(plan: Plan, folder: Path) -> Result:
    """Nobody is automated, many show one honest sign: who is called bot-like?"""
    crawls = [
        judge(
            Settings(1000, seed, anomalies=False, comments=False, warts=False),
            folder,
            partial(with_honest_signs, seed=seed),
        )
        for seed in plan.seeds("anomalies, honest signs, 1000 posts", 5)
    ]
    users = pd.concat(crawls)
    called = sum(bool(crawl["found_bot_like"].any()) for crawl in crawls)
    return result(
        share_of(users["found_bot_like"].tolist()),
        part=FALSE_CLAIMS,
        experiment=NAME,
        method="rules, bot-like",
        planted="ordinary people, one honest sign each at most",
        separation=0,
        sample_size=1000,
        unit="posts",
        metric="users called bot-like",
        study_recipe=float(users["study"].mean()),
        trivial_baseline=float(users["most_liked"].mean()),
        target=at_most(0.01),
        detail=f"samples are users of {len(crawls)} crawls; somebody is called so in "
        f"{called}",
    )


def _other_accounts(plan: Plan, folder: Path) -> Iterator[Result]:
    """Machines of other kinds, and who is honest but sells: who is called bot-like?"""
    seeds = list(plan.seeds("anomalies, other accounts", plan.choose(1, 5)))
    users = pd.concat(judge_accounts(seeds, folder))
    judged = Judged(users)
    called = users.groupby("kind")["found_bot_like"].agg(["sum", "size"])
    told = {
        str(kind): f"{found} of {size}"
        for kind, found, size in called.itertuples(name=None)
    }
    yield result(
        judged.f1("bot_like", "found_bot_like"),
        experiment=NAME,
        method="rules, bot-like",
        planted="machines of seven kinds among people and sellers, another author",
        separation=1,
        sample_size=len(users),
        unit="users",
        metric="F1 over users, other accounts",
        target=at_least(0.85),
        detail="found: "
        + ", ".join(
            f"{kind} {told[kind]}" for kind, one in KINDS.items() if one.is_automated
        ),
    )
    honest = users[~users["is_bot_like"]]
    yield result(
        share_of(honest["found_bot_like"].tolist()),
        part=FALSE_CLAIMS,
        experiment=NAME,
        method="rules, bot-like",
        planted="people and sellers among machines, another author",
        separation=0,
        sample_size=len(honest),
        unit="users",
        metric="users called bot-like, other accounts",
        target=at_most(0.01),
        detail="called: "
        + ", ".join(
            f"{kind} {told[kind]}"
            for kind in told
            if kind == ORDINARY or not KINDS[kind].is_automated
        ),
    )


def judge_accounts(seeds: Sequence[int], folder: Path) -> Iterator[pd.DataFrame]:
    """Build the flags of crawls with accounts of every kind.

    Args:
        seeds: One a crawl.
        folder: Where to work.

    Yields:
        One row per author: ``kind``, ``is_bot_like`` (the truth), ``found_bot_like``.

    Raises:
        RuntimeError: The project's folder is not there, or dbt fails.
    """
    work, crawl = folder / "compiled", folder / "accounts"
    for made in (work, crawl):
        made.mkdir()
    compiled = read_steps(compile_project(work, "+user_anomalies", {}))
    steps = needed_for(compiled, ["user_anomalies"])
    for seed in seeds:
        draft, kinds = add_accounts(
            np.random.default_rng([seed, 7]), draw_world("plain", seed)
        )
        write_crawl(draft, crawl, seed)
        flags = build_table(crawl, steps, "main.user_anomalies", _KEY)
        called = flags.set_index("user_id")["is_bot_like"]
        people = person_ids(draft, seed)
        authors = np.unique(draft.author).tolist()
        kind = [kinds.get(author, ORDINARY) for author in authors]
        yield pd.DataFrame(
            {
                "kind": kind,
                "is_bot_like": [
                    one != ORDINARY and KINDS[one].is_automated for one in kind
                ],
                "found_bot_like": [
                    bool(called[user_pseudonym(people[author], _KEY)])
                    for author in authors
                ],
            }
        )


def in_held_out_words(sample: Sample) -> Sample:
    """Say every promotion of a sample in words that the lexicon does not have.

    Args:
        sample: A generated crawl.

    Returns:
        The same crawl, other words and hashtags.
    """
    posts = sample.posts.copy()
    listed = (*v.PROMOTION_TAGS, *v.PROMOTION_TAGS_ZH)
    other = {
        tag: HELD_OUT_TAGS[place % len(HELD_OUT_TAGS)]
        for place, tag in enumerate(listed)
    }
    for column in ("content", "label"):
        for listed_tag, tag in other.items():
            posts[column] = posts[column].str.replace(listed_tag, tag, regex=False)
    for pattern, sentence in HELD_OUT_SENTENCES:
        posts["content"] = posts["content"].str.replace(pattern, sentence, regex=True)
    return replace(sample, posts=posts)


def with_honest_signs(sample: Sample, seed: int) -> Sample:
    """Give two in five ordinary people one sign that an automated account has too.

    HONEST_SIGNS are given in turn: posts minutes apart (to those with several), more
    hashtags than the rule allows, the same with an agency's among them, and an agency's
    hashtag alone. People who have a burst or many hashtags already get none.

    Args:
        sample: A generated crawl without automated accounts and broken rows.
        seed: Seed of the draw.

    Returns:
        The crawl with those posts changed.
    """
    rng = np.random.default_rng(seed)
    posts = sample.posts.copy()
    posts["second"] = [int(text[:8], 16) for text in posts["post_id"]]
    posts = posts.sort_values(["user_id", "second"], kind="stable")
    gaps = posts.groupby("user_id")["second"].diff()
    tag_counts = posts["label"].fillna("").str.count("[^#]+")
    marked = posts.loc[(gaps < 2 * _BURST_SECONDS) | (tag_counts >= MANY_TAGS)]
    able = np.setdiff1d(posts["user_id"].unique(), marked["user_id"])
    chosen = rng.permutation(able)[: round(HONEST_SHARE * posts["user_id"].nunique())]
    rows_of = posts.groupby("user_id").indices
    known = "#".join(posts["label"].dropna()).split("#")
    ordinary = sorted(set(known) - {""})
    for place, user in enumerate(chosen.tolist()):
        rows = posts.index[rows_of[user]]
        sign = HONEST_SIGNS[place % len(HONEST_SIGNS)]
        if sign == "burst" and len(rows) == 1:
            sign = HONEST_SIGNS[-1]
        if sign == "burst":
            start = int(posts.loc[rows[0], "second"])
            for step, row in enumerate(rows):
                second = start + step * _BURST_SECONDS
                posts.loc[row, "post_id"] = (
                    f"{second:08x}" + posts.loc[row, "post_id"][8:]
                )
                posts.loc[row, "create_time"] = local_time(second)
            continue
        tags = [v.PROMOTION_TAGS[place % 3]] if "agency" in sign else []
        if sign.startswith("tags"):
            tags += rng.choice(ordinary, MANY_TAGS + 2, replace=False).tolist()
        posts.loc[rows[0], "label"] = "#".join(tags)
    return replace(sample, posts=posts.drop(columns="second").sort_index())


def judge(
    settings: Settings, folder: Path, change: Change = lambda sample: sample
) -> pd.DataFrame:
    """Generate a crawl, build the mart, and join its flags to the truth.

    Args:
        settings: Settings of the generator.
        folder: Where to work; earlier work in it is replaced, dbt's parse is kept.
        change: What is done to the crawl before it is written.

    Returns:
        One row per author; see :class:`Judged`.

    Raises:
        RuntimeError: The project's folder is not there, dbt fails, or the mart knows
            none of the authors.
    """
    crawl, database = folder / "crawl", folder / "planted.duckdb"
    shutil.rmtree(crawl, ignore_errors=True)
    database.unlink(missing_ok=True)
    write_csv(change(next(batches(settings))), crawl)
    _build(crawl / "sample", database)
    truth = pd.read_csv(crawl / "sample_truth" / "users.csv", dtype={"user_id": str})
    truth = truth[truth["role"] == "author"].set_index("user_id")
    table = truth[[f"is_{kind}" for kind in TYPES]].astype(bool)
    with duckdb.connect(str(database), read_only=True) as connection:
        marts = connection.sql(
            "select user_id, is_influencer, is_silent, is_bot_like from user_anomalies"
        ).df()
    flags = marts.set_index("user_id").reindex(
        table.index.map(lambda user_id: user_pseudonym(user_id, _KEY))
    )
    if flags["is_silent"].isna().all():
        raise RuntimeError("no author of the crawl is in the mart: pseudonyms differ")
    for kind in TYPES:
        table[f"found_{kind}"] = flags[f"is_{kind}"].eq(True).to_numpy(bool)
    posts = _read_posts(crawl / "sample" / "posts.csv")
    table["study"] = _any_of(posts["is_outlier"], posts["user_id"], table.index)
    most = posts.groupby("user_id")["like"].max().reindex(table.index).fillna(0)
    first = most.rank(ascending=False, method="first")
    table["most_liked"] = first <= np.ceil(0.01 * len(table))
    return table.reset_index(drop=True)


def _read_posts(path: Path) -> pd.DataFrame:
    """Posts as the study reads them: user_id, counts, is_outlier."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    # some rows are broken on purpose
    whole = [row for row in rows if len(row) == len(header)]
    raw = pd.DataFrame(whole, columns=header)
    posts = raw[["user_id"]].copy()
    for metric in METRICS:
        counts = [read_count(text) for text in raw[f"{metric}_count"]]
        posts[metric] = pd.array(counts, dtype="Float64").to_numpy(
            float, na_value=np.nan
        )
    posts = posts.dropna()
    posts["is_outlier"] = recipe_outliers(posts[list(METRICS)].to_numpy(float))
    return posts


def _any_of(flags: pd.Series[bool], users: pd.Series[str], wanted: pd.Index) -> Flags:
    """Whether any row of each wanted user is flagged."""
    return np.asarray(wanted.isin(users[flags]))


def _build(crawl: Path, database: Path) -> None:
    """Build the mart of anomalies and what it needs, without tests."""
    arguments = ["build", "--quiet", "-s", "+user_anomalies"]
    for kind in ("test", "unit_test"):
        arguments += ["--exclude-resource-type", kind]
    run_dbt(arguments, database, ADAPTATION_CRAWL=str(crawl), **{KEY_VARIABLE: _KEY})
