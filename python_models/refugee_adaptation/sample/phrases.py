"""Sentence frames filled for many texts at once, with numbers drawn before."""

from collections.abc import Sequence
from string import Formatter
from typing import NamedTuple, cast

import numpy as np

from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.counts import Bools, Ints

#: Slots of a frame: three words of the topic, two of culture, modifier, number, place.
_SLOTS = "abcklmnp"
_TRIES_PER_WORD = 5


class _Vocabulary:
    """Every text that a slot can take, numbered, with its length in characters."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def table(self, *lists: Sequence[str]) -> tuple[Ints, Ints]:
        """Return the numbers of the words of each list (padded), and their count."""
        sizes = np.array([len(words) for words in lists], dtype=np.int64)
        numbers = np.zeros((len(lists), int(sizes.max())), dtype=np.int64)
        for row, words in enumerate(lists):
            for place, word in enumerate(words):
                number = self._numbers.setdefault(word, len(self._numbers))
                numbers[row, place] = number
        return numbers, sizes

    def words(self) -> list[str]:
        return [*self._numbers]


_VOCABULARY = _Vocabulary()
_TOPICS = len(v.TOPICS)
#: Row of a table: 0 English, 1 Chinese; of the topics' table: language, then topic.
_TOPIC_WORDS = _VOCABULARY.table(
    *(topic.english for topic in v.TOPICS), *(topic.chinese for topic in v.TOPICS)
)
_CULTURE = _VOCABULARY.table(v.CULTURE_WORDS, v.CULTURE_WORDS_ZH)
_MODIFIERS = _VOCABULARY.table(v.MODIFIERS, v.MODIFIERS_ZH)
_NUMBERS = _VOCABULARY.table(*2 * [[str(number) for number in range(2, 90)]])
_PLACES = _VOCABULARY.table(v.PLACES, v.PLACES_ZH)
_WORDS = np.array(_VOCABULARY.words(), dtype=object)
_WORD_LENGTHS = np.array([len(word) for word in _WORDS], dtype=np.int64)


def _numbered(frame: str) -> str:
    """Name the slots of a frame by their place, which is the faster to fill."""
    for place, slot in enumerate(_SLOTS):
        frame = frame.replace(f"{{{slot}}}", f"{{{place}}}")
    return frame


class Frames:
    """Sets of sentence frames, each known by its number."""

    def __init__(self) -> None:
        """Start without a set."""
        self._sets: list[tuple[str, ...]] = []

    def add(self, frames: tuple[str, ...]) -> int:
        """Add a set; returns its number."""
        self._sets.append(frames)
        return len(self._sets) - 1

    def lengths(self) -> tuple[list[str], Ints, Ints, Ints, Ints]:
        """Return all frames, the start and size of each set, lengths and slot uses.

        Returns:
            The frames of all sets, one set after another; per set, the position of its
            first frame and its size; per frame, its characters outside of slots, and
            how often it has each of `_SLOTS`, shape (8, frames).
        """
        frames = [frame for group in self._sets for frame in group]
        sizes = np.array([len(group) for group in self._sets], dtype=np.int64)
        fixed = [len(frame.format(**dict.fromkeys(_SLOTS, ""))) for frame in frames]
        names = [[part[1] for part in Formatter().parse(frame)] for frame in frames]
        uses = [[slots.count(slot) for slots in names] for slot in _SLOTS]
        return (
            [_numbered(frame) for frame in frames],
            np.cumsum(sizes) - sizes,
            sizes,
            np.array(fixed, dtype=np.int64),
            np.array(uses, dtype=np.int64),
        )


class Filled(NamedTuple):
    """Filled frames, one position each: frame, slots (8, n), length and what follows.

    `at` counts the numbers that the text has used up to the end of the frame.
    """

    frame: Ints
    slots: Ints
    length: Ints
    at: Ints


class Writers:
    """Many writers, one per text, each with its own numbers and topic.

    Attributes:
        at: How many of its numbers every text has used.
    """

    def __init__(self, frames: Frames, draws: Ints, topics: Ints, focus: float) -> None:
        """Give every text its numbers and its topic.

        Args:
            frames: Sets of frames, complete.
            draws: Random numbers below 2^31, one row per text; a text that asks for
                more gets the same again, mixed with their place.
            topics: Topic of every text.
            focus: Share of topic words that belong to the topic.
        """
        self._frames, self._starts, self._sizes, self._fixed, self._uses = (
            frames.lengths()
        )
        self._period = draws.shape[1]
        self._draws = ((draws * 2_654_435_761) & 0x7FFFFFFF).ravel()
        self.at = np.zeros(len(draws), dtype=np.int64)
        self._topics = topics
        self._focus = 1_000 * focus

    def numbers(self, rows: Ints, at: Ints, below: int | Ints) -> Ints:
        """Return the `at`-th number of the texts `rows`, 0 to `below` - 1."""
        drawn = self._draws[rows * self._period + at % self._period] + at * 40_503
        return np.asarray(((drawn & 0x7FFFFFFF) >> 7) % below, dtype=np.int64)

    def draw(self, rows: Ints, below: int) -> list[int]:
        """Use the next number of the texts `rows`, 0 to `below` - 1."""
        drawn = self.numbers(rows, self.at[rows], below)
        self.at[rows] += 1
        return cast(list[int], drawn.tolist())

    def pick(self, rows: Ints, options: Sequence[str]) -> list[str]:
        """Pick an option for each of the texts `rows`."""
        return [options[place] for place in self.draw(rows, len(options))]

    def say(self, rows: Ints, sets: Ints, chinese: Bools) -> list[str]:
        """Write the next sentence of the texts `rows`; see `fill`."""
        filled = self.fill(rows, self.at[rows], sets, chinese)
        self.at[rows] = filled.at
        return self.texts(filled)

    def fill(self, rows: Ints, at: Ints, sets: Ints, chinese: Bools) -> Filled:
        """Pick a frame and fill its slots with words of the topic.

        Args:
            rows: Texts, each any number of times.
            at: Numbers that the text has used before.
            sets: Set of frames to pick from.
            chinese: Whether the words are Chinese.
        """
        speech = chinese.astype(np.int64)
        frame = self._starts[sets] + self.numbers(rows, at, self._sizes[sets])
        at = at + 1
        slots = np.zeros((len(_SLOTS), len(rows)), dtype=np.int64)
        everyone = np.arange(len(rows))
        for place in range(3):
            left = everyone
            for _ in range(_TRIES_PER_WORD):
                mine = rows[left]
                topic = self._topics[mine]
                now = at[left]
                away = np.flatnonzero(self.numbers(mine, now, 1_000) >= self._focus)
                now += 1
                topic[away] = self.numbers(mine[away], now[away], _TOPICS)
                now[away] += 1
                topic += _TOPICS * speech[left]
                words, sizes = _TOPIC_WORDS
                word = words[topic, self.numbers(mine, now, sizes[topic])]
                at[left] = now + 1
                slots[place, left] = word
                left = left[(slots[:place, left] == word).any(axis=0)]
                if not len(left):
                    break
        uses = self._uses[:, frame]
        part = np.flatnonzero(uses[3] + uses[4])
        words, sizes = _CULTURE
        size = sizes[speech[part]]
        first = self.numbers(rows[part], at[part], size)
        second = first + 1 + self.numbers(rows[part], at[part] + 1, size - 1)
        slots[3, part] = words[speech[part], first]
        slots[4, part] = words[speech[part], second % size]
        for place, (words, sizes) in enumerate((_MODIFIERS, _NUMBERS, _PLACES), 5):
            part = np.flatnonzero(uses[place])
            mine, spoken = rows[part], speech[part]
            pick = self.numbers(mine, at[part] + place - 3, sizes[spoken])
            slots[place, part] = words[spoken, pick]
        length = self._fixed[frame] + (uses * _WORD_LENGTHS[slots]).sum(axis=0)
        return Filled(frame, slots, length, at + 5)

    def texts(self, filled: Filled) -> list[str]:
        """Write filled frames."""
        words = zip(*(_WORDS[slot].tolist() for slot in filled.slots), strict=True)
        return [
            self._frames[frame].format(*mine)
            for frame, mine in zip(filled.frame.tolist(), words, strict=True)
        ]
