"""Networks with planted communities, or with none.

Tags are as in a real crawl: 16 % of users have none, the rest a log-normal number of
up to 18, and popularity falls with the rank (Zipf). A community owns a random share of
the vocabulary; ``loyalty`` is the share of a user's draws that are made among the
community's own tags, so that 0 plants nothing and leaves popularity as it is.

Replies stand under posts. A post belongs to a community, a user draws posts of its own
community with a given share, and replies go round inside the audience of a post, every
second one to its author; 0 leaves threads over random audiences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PlantedNetwork:
    """Ties and their truth.

    Attributes:
        edges: One row per undirected tie: tie_kind, low_user_number,
            high_user_number, weight.
        user_tags: One row per user and kept hashtag: user_number, hashtag,
            rarity_score; empty for replies.
        replies: One row per post, user and user replied to: thread_number,
            user_number, replied_to_user_number, reply_count; empty for shared
            hashtags.
        truth: Community of each user, the position being the user number, shape (n,).
        post_truth: Community of each post, the position being the thread number less
            1; empty for shared hashtags.
    """

    edges: pd.DataFrame
    user_tags: pd.DataFrame
    replies: pd.DataFrame
    truth: IntArray
    post_truth: IntArray


def planted_tags(
    users: int,
    communities: int,
    loyalty: float,
    seed: int,
    *,
    vocabulary: int = 2000,
    max_share: float = 0.05,
    max_users: int = 50,
) -> PlantedNetwork:
    """Draw users who share hashtags.

    Args:
        users: Number of users n.
        communities: Number of planted communities.
        loyalty: Share of a user's tags drawn from its community's own, 0 to 1.
        seed: Seed.
        vocabulary: Number of tags there are.
        max_share: Tags of more than this share of the users with a tag are dropped.
        max_users: So are tags of more users than this (as in int_ties__user_hashtags).

    Returns:
        The network of kind ``shared_hashtag``.
    """
    from refugee_adaptation.communities import ties

    rng = np.random.default_rng([seed, 301])
    truth = rng.integers(communities, size=users)
    owner = rng.permutation(np.arange(vocabulary) % communities)
    popularity = 1.0 / np.arange(1, vocabulary + 1)
    popularity /= popularity.sum()
    own = popularity * (owner == np.arange(communities)[:, None])
    own /= own.sum(axis=1, keepdims=True)
    tag_count = np.clip(np.round(np.exp(rng.normal(1.1, 0.75, users))), 1, 18)
    tag_count[rng.random(users) < 0.16] = 0
    # the largest k of log p + Gumbel noise are k draws without replacement
    chance = loyalty * own[truth] + (1 - loyalty) * popularity
    with np.errstate(divide="ignore"):
        keys = np.log(chance) + rng.gumbel(size=chance.shape)
    order = np.argsort(-keys, axis=1, kind="stable")[:, :18]
    taken = np.arange(order.shape[1]) < tag_count[:, None]
    user = np.repeat(np.arange(users), taken.sum(axis=1))
    tag = order[taken]
    tag_users = np.bincount(tag, minlength=vocabulary)
    taggers = max(np.unique(user).size, 1)
    kept = (tag_users >= 2) & (tag_users <= min(max_users, max_share * taggers))
    user_tags = pd.DataFrame(
        {
            "user_number": user[kept[tag]],
            "hashtag": [f"tag{number}" for number in tag[kept[tag]]],
            "rarity_score": np.log(taggers / tag_users[tag[kept[tag]]]),
        }
    )
    graph = ties.shared_tag_graph(ties.tag_incidence(user_tags))
    low, high, weight = ties.edge_list(graph)
    edges = _edges("shared_hashtag", graph.users[low], graph.users[high], weight)
    return PlantedNetwork(
        edges, user_tags, no_replies(), truth, np.array([], dtype=np.int64)
    )


def planted_replies(
    users: int,
    communities: int,
    replies: int,
    loyalty: float,
    seed: int,
    *,
    posts: int | None = None,
    posts_each: float = 4.0,
) -> PlantedNetwork:
    """Draw users who reply to each other under posts.

    Args:
        users: Number of users n.
        communities: Number of planted communities.
        replies: Number of replies, those of a user to itself included: they are left
            out.
        loyalty: Share of a user's posts drawn from its community's own, 0 to 1; the
            rest are any posts.
        seed: Seed.
        posts: Number of posts; a quarter of the users if not given.
        posts_each: Posts that a user draws, on average; at least 1.

    Returns:
        The network of kind ``reply``.
    """
    rng = np.random.default_rng([seed, 302])
    posts = users // 4 if posts is None else posts
    truth = rng.integers(communities, size=users)
    owner = rng.permutation(np.arange(posts) % communities)
    popularity = rng.pareto(1.5, size=posts) + 0.3
    activity = rng.pareto(2.0, size=users) + 0.5
    post_count = 1 + rng.poisson((posts_each - 1) * activity / activity.mean())
    user = np.repeat(np.arange(users), post_count)
    post = rng.choice(posts, size=user.size, p=popularity / popularity.sum())
    inside = rng.random(user.size) < loyalty
    for community in range(communities):
        offered = np.flatnonzero(owner == community)
        own = inside & (truth[user] == community)
        if offered.size:
            share = popularity[offered] / popularity[offered].sum()
            post[own] = rng.choice(offered, size=int(own.sum()), p=share)
    post, user = np.unique(np.column_stack([post, user]), axis=0).T
    # every post has an audience, the popular ones of its users write more of them
    first = np.searchsorted(post, np.arange(posts))
    size = np.bincount(post, minlength=posts)
    attraction = np.log(rng.pareto(1.5, size=users) + 0.2)[user]
    drawn = np.lexsort((attraction + rng.gumbel(size=user.size), post))
    author = user[drawn][np.cumsum(size) - 1]
    part = rng.integers(user.size, size=replies)
    other = first[post[part]] + rng.integers(size[post[part]])
    is_to_author = rng.random(replies) < 0.5
    sender = user[part]
    receiver = np.where(is_to_author, author[post[part]], user[other])
    apart = sender != receiver
    sent = pd.DataFrame(
        {
            "thread_number": post[part] + 1,
            "user_number": sender,
            "replied_to_user_number": receiver,
            "low": np.minimum(sender, receiver),
            "high": np.maximum(sender, receiver),
        }
    )[apart]
    directed = (
        sent.groupby(["thread_number", "user_number", "replied_to_user_number"])
        .size()
        .rename("reply_count")
        .reset_index()
    )
    pairs = sent.groupby(["low", "high"]).size().rename("weight").reset_index()
    edges = _edges(
        "reply",
        pairs["low"].to_numpy(np.int64),
        pairs["high"].to_numpy(np.int64),
        pairs["weight"].to_numpy(np.float64),
    )
    return PlantedNetwork(edges, no_tags(), directed, truth, owner)


def no_tags() -> pd.DataFrame:
    """Hashtags of a network without any."""
    return pd.DataFrame(
        {
            "user_number": np.array([], dtype=np.int64),
            "hashtag": np.array([], dtype=object),
            "rarity_score": np.array([], dtype=np.float64),
        }
    )


def no_replies() -> pd.DataFrame:
    """Replies of a network without any."""
    return pd.DataFrame(
        {
            "thread_number": np.array([], dtype=np.int64),
            "user_number": np.array([], dtype=np.int64),
            "replied_to_user_number": np.array([], dtype=np.int64),
            "reply_count": np.array([], dtype=np.int64),
        }
    )


def _edges(
    tie_kind: str, low: IntArray, high: IntArray, weight: npt.NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tie_kind": np.full(low.size, tie_kind, dtype=object),
            "low_user_number": low,
            "high_user_number": high,
            "weight": weight,
        }
    )
