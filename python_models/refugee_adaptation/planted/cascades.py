"""Influence and hashtag adoption with a known answer, for tests of the null models."""

from __future__ import annotations

import numpy as np
import pandas as pd


def planted_influence(
    *, people: int, cascades: int, comments: int, strength: float, seed: int
) -> pd.DataFrame:
    """Comments under notes that draw replies; the first person may draw more.

    Args:
        people: people who comment; each comment's author is drawn at random, the first
            person writes one comment under every note.
        cascades: notes.
        comments: comments per note, at least 2.
        strength: added to the expected number of replies of the first person's
            comments; 0 plants nothing. Everybody's expectation differs by note.
        seed: seed of the generator.

    Returns:
        One row per comment: action_number, stratum_number, cascade_number, user_number,
        drawn_count.
    """
    rng = np.random.default_rng(seed)
    cascade = np.repeat(np.arange(1, cascades + 1), comments)
    user = rng.integers(2, people + 1, size=cascade.size)
    user[::comments] = 1
    expected = rng.gamma(0.5, 2.0, size=cascades)[cascade - 1] + strength * (user == 1)
    return pd.DataFrame(
        {
            "action_number": np.arange(1, cascade.size + 1),
            "stratum_number": cascade,
            "cascade_number": cascade,
            "user_number": user,
            "drawn_count": rng.poisson(expected),
        }
    )


def planted_adoption(
    *,
    people: int,
    notes: int,
    hashtags: int,
    taste: float,
    adoption: float,
    seed: int,
    meetings: int = 1,
    is_by_dose: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Timelines in which people meet and use the hashtags they like, and may adopt.

    Everybody likes two hashtags. Before each of their notes they meet one hashtag under
    somebody else's note; it is one they like with probability ``taste``. Each of their
    notes uses a liked hashtag with probability .2: alone this gives a rising exposure
    curve without any influence. With probability ``adoption`` the note uses the hashtag
    just met. A hashtag may be met several times before the note, liked ones more often.

    Args:
        people: number of people.
        notes: notes per person.
        hashtags: number of hashtags, at least 2.
        taste: probability that a hashtag met is a liked one.
        adoption: probability of using the hashtag just met; 0 plants no influence.
        seed: seed of the generator.
        meetings: how often the hashtag is met before a note at most.
        is_by_dose: every meeting has that probability, instead of all of them together.

    Returns:
        Actions (user_number, action_number, is_post, happened_at) and encounters
        (action_number, hashtag_number, is_use).
    """
    rng = np.random.default_rng(seed)
    actions, encounters = [], []
    number = 0
    for user in range(1, people + 1):
        liked = rng.choice(hashtags, 2, replace=False) + 1
        times = np.sort(rng.random(2 * notes)) * 1e6
        for place in range(notes):
            met = int(
                rng.choice(liked)
                if rng.random() < taste
                else rng.integers(1, hashtags + 1)
            )
            count = 1
            if meetings > 1:
                count += int(rng.binomial(meetings - 1, 0.5 if met in liked else 0.3))
            used = set()
            if rng.random() < 0.2:
                used.add(int(rng.choice(liked)))
            if rng.random() < 1 - (1 - adoption) ** (count if is_by_dose else 1):
                used.add(met)
            start, end = times[2 * place : 2 * place + 2]
            moments = np.linspace(start, end, count, endpoint=False)
            happened = [(False, {met}, when) for when in moments]
            for is_post, tags, when in [*happened, (True, used, end)]:
                number += 1
                actions.append((user, number, is_post, when))
                encounters += [(number, tag, is_post) for tag in sorted(tags)]
    return (
        pd.DataFrame(
            actions, columns=["user_number", "action_number", "is_post", "happened_at"]
        ),
        pd.DataFrame(encounters, columns=["action_number", "hashtag_number", "is_use"]),
    )
