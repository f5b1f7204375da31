"""Platform ids: 24 hexadecimal digits, the first eight are epoch seconds."""

import numpy as np

from refugee_adaptation.sample.counts import Ints

_DIGITS = "0123456789"
#: Shards of accounts, most common first, and users of the study in each; the study
#: has 47 users more in shards that were not published, spread here over ten.
_SHARD_USERS = {
    "08": 554,
    "0e": 19,
    "0a": 14,
    "01": 14,
    "1d": 12,
    "07": 6,
    "06": 5,
    "0d": 5,
    **dict.fromkeys(("00", "02", "03", "04", "05", "09", "0b", "0c", "0f", "10"), 4.7),
}


def _tails(rng: np.random.Generator, size: int, digits: int) -> list[str]:
    low = rng.integers(0, 1 << 31, size)
    high = rng.integers(0, 1 << 31, size)
    numbers = (high.astype(np.uint64) << np.uint64(31)) | low.astype(np.uint64)
    numbers &= np.uint64((1 << (4 * digits)) - 1)
    return [f"{number:0{digits}x}" for number in numbers.tolist()]


def _digits_only(tail: str, with_e: bool) -> str:
    plain = "".join(_DIGITS[int(letter, 16) % 10] for letter in tail)
    return plain[:-4] + "e" + plain[-3:] if with_e else plain


def _awkward(ids: list[str], keep: int) -> list[str]:
    """Turn about one id in 60 into a form that a careless reader takes for a number.

    An id whose time has no letter becomes all digits, or digits, one e and digits.
    """
    for place, text in enumerate(ids):
        if text[-1] in "01" and text[:keep].isdigit():
            tail = _digits_only(text[keep:], with_e=place % 2 == 0)
            ids[place] = text[:keep] + tail
    return ids


def item_ids(rng: np.random.Generator, created: Ints) -> list[str]:
    """Make unique ids of posts or comments from their creation times (epoch s)."""
    tails = _tails(rng, len(created), 12)
    ids = [f"{s:08x}0000{t}" for s, t in zip(created.tolist(), tails, strict=True)]
    return _unique(rng, _awkward(ids, 12), 12)


def user_ids(rng: np.random.Generator, registered: Ints) -> list[str]:
    """Make unique ids of accounts from their registration times (epoch seconds)."""
    size = len(registered)
    tails = _tails(rng, size, 6)
    users = np.array([*_SHARD_USERS.values()])
    shard = rng.choice([*_SHARD_USERS], size=size, p=users / users.sum())
    ids = [
        f"{second:08x}00000000{s}{tail}"
        for second, s, tail in zip(
            registered.tolist(), shard.tolist(), tails, strict=True
        )
    ]
    return _unique(rng, _awkward(ids, 16), 18)


def _unique(rng: np.random.Generator, ids: list[str], keep: int) -> list[str]:
    if len(set(ids)) == len(ids):
        return ids
    seen: set[str] = set()
    for place, text in enumerate(ids):
        while text in seen:
            text = text[:keep] + _tails(rng, 1, 24 - keep)[0]
        ids[place] = text
        seen.add(text)
    return ids
