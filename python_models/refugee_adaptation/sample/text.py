"""Titles, bodies and comments, composed from the vocabularies."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.comments import NOBODY, Threads
from refugee_adaptation.sample.counts import Bools, Ints
from refugee_adaptation.sample.posts import LANGUAGES, Plan
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.tags import Tags
from refugee_adaptation.sample.users import People, Skeleton

_DRAWS = 64
MOST_LETTERS = 39
_TRIES = 6


def _stream(draws: Ints) -> Iterator[list[int]]:
    """Yield the numbers that a text can ask for: its draws, mixed with their place."""
    size = len(draws)
    mixed = draws * 2_654_435_761 + np.arange(size) * 40_503
    while True:
        yield ((mixed & 0x7FFFFFFF) >> 7).tolist()
        mixed += size * 40_503


class _Slots(NamedTuple):
    """What the slots of a frame are filled with, in one language."""

    topics: tuple[tuple[str, ...], ...]
    culture: tuple[str, ...]
    modifiers: tuple[str, ...]
    places: tuple[str, ...]


_ENGLISH = _Slots(
    tuple(topic.english for topic in v.TOPICS), v.CULTURE_WORDS, v.MODIFIERS, v.PLACES
)
_CHINESE = _Slots(
    tuple(topic.chinese for topic in v.TOPICS),
    v.CULTURE_WORDS_ZH,
    v.MODIFIERS_ZH,
    v.PLACES_ZH,
)


class _Writer:
    """Fills sentence frames for one text with numbers drawn before."""

    def __init__(self, draws: Ints, topic: int, focus: float) -> None:
        self._draw = chain.from_iterable(_stream(draws)).__next__
        self._topic = topic
        self._focus = 1_000 * focus

    def number(self, below: int) -> int:
        """Return the next drawn number, 0 to `below` - 1."""
        return self._draw() % below

    def pick(self, options: Sequence[str]) -> str:
        return options[self._draw() % len(options)]

    def fill(self, frames: Sequence[str], chinese: bool) -> str:
        """Pick a frame and fill its slots with words of the topic."""
        draw = self._draw
        topics, culture, modifiers, places = _CHINESE if chinese else _ENGLISH
        frame = frames[draw() % len(frames)]
        words: list[str] = []
        for _ in range(3):
            for _ in range(5):
                topic = self._topic
                if draw() % 1_000 >= self._focus:
                    topic = draw() % len(topics)
                options = topics[topic]
                word = options[draw() % len(options)]
                if word not in words:
                    break
            words.append(word)
        first = draw() % len(culture)
        second = first + 1 + draw() % (len(culture) - 1)
        return frame.format(
            a=words[0],
            b=words[1],
            c=words[2],
            k=culture[first],
            l=culture[second % len(culture)],
            m=modifiers[draw() % len(modifiers)],
            n=2 + draw() % 88,
            p=places[draw() % len(places)],
        )


#: Per kind of sentence: long and short frames, each English and Chinese.
_Frames = tuple[tuple[str, ...], tuple[str, ...]]
_FRAMES: dict[str, tuple[_Frames, _Frames]] = {
    "greeting": (
        (v.GREETINGS, v.GREETINGS_ZH),
        (v.SHORT_GREETINGS, v.SHORT_GREETINGS_ZH),
    ),
    "question": (
        (v.QUESTIONS, v.QUESTIONS_ZH),
        (v.SHORT_QUESTIONS, v.SHORT_QUESTIONS_ZH),
    ),
    "follow": (
        (v.FOLLOW_REQUESTS, v.FOLLOW_REQUESTS_ZH),
        (v.SHORT_FOLLOWS, v.SHORT_FOLLOWS_ZH),
    ),
    "culture": (
        (v.CULTURE_SENTENCES, v.CULTURE_SENTENCES_ZH),
        (v.SHORT_CULTURES, v.SHORT_CULTURES_ZH),
    ),
    "save": ((v.SAVE_WORTHY, v.SAVE_WORTHY_ZH), (v.SHORT_SAVES, v.SHORT_SAVES_ZH)),
    "topic": (
        (v.TOPIC_SENTENCES, v.TOPIC_SENTENCES_ZH),
        (v.TOPIC_PHRASES, v.TOPIC_PHRASES_ZH),
    ),
    "brief": (
        (v.TOPIC_PHRASES, v.TOPIC_PHRASES_ZH),
        (v.SHORT_PHRASES, v.SHORT_PHRASES_ZH),
    ),
}
_FIRST = ("greeting", "culture", "save")
_LAST = ("question", "follow")


def _speaker(language: str, start: int) -> Callable[[int], bool]:
    """Say for the n-th piece of a text whether it is Chinese."""
    if language == "mixed":  # a third, one of the first two
        return lambda piece: (piece + 5 * start) % 6 in (0, 2)
    return lambda _: language == "zh"


def _body(
    writer: _Writer,
    flags: dict[str, bool],
    length: int,
    speaks: Callable[[int], bool],
    least: int,
    opening: str,
) -> str:
    """Write about `length` characters: what the flags ask for, then the topic."""
    pieces = [opening] if opening else []
    wanted = [name for name in (*_FIRST, *_LAST) if flags[name]]
    is_short = length - len(opening) < 40 * (len(wanted) + 1)

    def add(names: tuple[str, ...], short: bool, room: int) -> int:
        """Add the piece that fits the room best; returns the room that is left."""
        chinese = speaks(len(pieces))
        frames = [f for name in names for f in _FRAMES[name][int(short)][int(chinese)]]
        tries = [writer.fill(frames, chinese) for _ in range(_TRIES)]
        # a rest too small for another piece is as bad as its size, an excess twice
        left = [room - len(text) - 2 for text in tries]
        loss = [-2 * rest if rest < 0 else rest if rest < 9 else 0 for rest in left]
        best = loss.index(min(loss))
        pieces.append(tries[best])
        return left[best]

    for name in wanted:
        if name in _FIRST:
            add((name,), is_short, length)
    ending = [name for name in wanted if name in _LAST]
    typical = (8 if speaks(0) else 14) if is_short else (14 if speaks(0) else 34)
    room = length - sum(len(text) + 2 for text in pieces) - typical * len(ending)
    while room > 7 or len(pieces) + len(ending) < least:
        if room > 90:
            room = add(("topic",), False, room)
        else:
            room = add(("topic", "brief"), room < 30, room)
    for name in ending:
        room = add((name,), is_short, room + typical)
    breaks = writer.number(3)
    return ("\n" if breaks == 0 and len(pieces) > 2 else " ").join(
        piece
        if piece[-1] in "!?\uff01\uff1f"
        else piece + ("。" if _is_han(piece[-1]) else ".")
        for piece in pieces
    )


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _title(
    writer: _Writer,
    flags: dict[str, bool],
    length: int,
    language: str,
    is_viral: bool,
    has_body: bool,
) -> str:
    chinese = language == "zh" or (language == "mixed" and writer.number(2) == 0)
    both = language == "mixed" and not has_body
    wanted = [name for name in (*_FIRST, *_LAST) if flags[name]]
    if wanted and not has_body:
        frames = _either(wanted[0], chinese)
    elif chinese:
        frames = _either("topic", True) + _either("brief", True)
    elif is_viral:
        frames = v.VIRAL_PHRASES + v.VIRAL_SHORT
    elif writer.number(4) == 0:
        frames = v.PLAIN_PHRASES + v.PLAIN_SHORT
    else:
        frames = _either("topic", False) + _either("brief", False)
    if length < 10:
        frames += _FRAMES["brief"][1][int(chinese)]
    more = _either("brief", chinese)
    joint = "\uff0c" if chinese else ", "
    tries = []
    for number in range(4 * _TRIES):
        text = writer.fill(frames, chinese)
        if both:
            text += " | " + writer.fill(_either("brief", not chinese), not chinese)
        while number % 2 and len(text) < length - 4:
            text += joint + writer.fill(more, chinese)
        tries.append(text)
    return min(tries, key=lambda text: abs(len(text) - length))


def _either(name: str, chinese: bool) -> tuple[str, ...]:
    """Return the long and the short frames of one kind."""
    return _FRAMES[name][0][int(chinese)] + _FRAMES[name][1][int(chinese)]


def _cut(title: str, most: int) -> str:
    """Cut a title at the platform's limit, at a space where there is one."""
    if len(title) <= most:
        return title
    short = title[:most]
    return short.rsplit(" ", 1)[0] if " " in short[20:] else short


def _settle(
    rng: np.random.Generator, plan: Plan, promoting: Bools, copies: dict[int, str]
) -> Ints:
    """Exchange body lengths inside each stratum so that every text can be written.

    Copies have the length that they have; others need room for what they must say.

    Returns:
        Characters of the body of every post.
    """
    lengths = plan.body_length.copy()
    needed = sum((marks.astype(np.int64) for marks in plan.flags.values()), 0 * lengths)
    needed = needed * np.where(plan.language == LANGUAGES.index("zh"), 8, 15)
    mixed = plan.language == LANGUAGES.index("mixed")
    needed = np.maximum(needed, 18 * mixed) + 55 * promoting
    fixed = np.zeros(len(lengths), np.bool_)
    fixed[list(copies)] = True
    for number in np.unique(plan.stratum):
        rows = rng.permutation(
            np.flatnonzero((plan.stratum == number) & plan.has_body_words)
        )
        others = rows[~fixed[rows]]
        for row in rows[fixed[rows]].tolist():
            gap = np.abs(lengths[others] - len(copies[row]))
            if len(others) and gap.min() < abs(lengths[row] - len(copies[row])):
                partner = others[int(np.argmin(gap))]
                lengths[[row, partner]] = lengths[[partner, row]]
        tight = others[lengths[others] < needed[others]]
        for row in tight[np.argsort(-needed[tight], kind="stable")].tolist():
            if lengths[row] >= needed[row]:
                continue
            able = (lengths[others] >= needed[row]) & (needed[others] <= lengths[row])
            if able.any():
                partner = others[int(np.argmax(able))]
                lengths[[row, partner]] = lengths[[partner, row]]
    return lengths


def compose(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    skeleton: Skeleton,
    plan: Plan,
    tags: Tags,
) -> tuple[list[str], list[str], list[str]]:
    """Write titles, bodies and labels.

    Returns:
        Three lists of one string per post. An empty string is a missing field.
    """
    size = len(skeleton.author)
    draws = rng.integers(0, 1 << 31, (size, _DRAWS))
    luck = rng.random((size, 6))
    by_post: list[list[str]] = [[] for _ in range(size)]
    for number, name in zip(tags.post.tolist(), tags.tag.tolist(), strict=True):
        by_post[number].append(name)
    copies = _copies(rng, plan, skeleton, settings.topic_focus)
    promoting = plan.signs["promotion"][skeleton.author] & (
        plan.language != LANGUAGES.index("zh")
    )
    lengths = _settle(rng, plan, promoting, copies)
    flags = {name: marks.tolist() for name, marks in plan.flags.items()}
    viral = (people.group[skeleton.author] == 0) & (
        luck[:, 0] < 0.5 * min(settings.separation / 3.0, 1.0)
    )
    titles, bodies, labels = [], [], []
    hostile = 0
    for row in range(size):
        writer = _Writer(draws[row], int(plan.topic[row]), settings.topic_focus)
        language = LANGUAGES[plan.language[row]]
        mine = {name: bool(marks[row]) for name, marks in flags.items()}
        has_body = bool(plan.has_body_words[row])
        has_title = bool(plan.has_title_words[row])
        title, body = "", ""
        in_body = has_body and (not has_title or luck[row, 4] < 0.6)
        shown = 2 * bool(plan.has_emoji[row])
        if row in copies:
            body = copies[row]
        elif has_body:
            speaks = _speaker(language, writer.number(2))
            least = 2 if language == "mixed" else 1
            opening = ""
            if promoting[row]:
                opening = writer.fill(v.PROMOTION_SENTENCES, False)
            length = int(lengths[row]) - shown * in_body
            body = _body(writer, mine, length, speaks, least, opening)
        if has_title:
            most = MOST_LETTERS - shown * (not in_body)
            title = _title(
                writer,
                mine,
                int(plan.title_length[row]) - shown * (not in_body),
                language,
                bool(viral[row]),
                has_body,
            )
            if language == "en" and luck[row, 1] < 0.005:
                frame = v.HOSTILE_TITLES[hostile % len(v.HOSTILE_TITLES)]
                title = writer.fill((frame,), False)
                hostile += 1
            title = _cut(title, most)
        elif not plan.is_title_missing[row]:
            title = writer.pick(v.EMOJI) * (1 + writer.number(3))
        title, body = _decorate(writer, plan, row, title, body, luck[row].tolist())
        body = _inline(writer, plan, row, body, by_post[row])
        if not body and not plan.is_content_missing[row]:
            body = " " * (1 + writer.number(5)) + ("\n" if luck[row, 5] < 0.04 else "")
        titles.append(title)
        bodies.append(body)
        labels.append("#".join(by_post[row]))
    return titles, bodies, labels


def _decorate(
    writer: _Writer, plan: Plan, row: int, title: str, body: str, luck: list[float]
) -> tuple[str, str]:
    if plan.has_sticker[row] and body:
        body += writer.pick(v.STICKERS)
    if body and luck[2] < 0.008:
        body += f" @{writer.pick(v.NICK_HEADS)}_{writer.number(99)}"
    if body and luck[3] < 0.006:
        body += f" https://example.com/{writer.pick(v.NICK_HEADS)}/{writer.number(999)}"
    if plan.has_emoji[row]:
        mark = writer.pick(v.EMOJI)
        if body and (not title or luck[4] < 0.6):
            body += " " + mark
        elif not title:  # February alone: tags behind a row of emoji
            body = mark * (3 + writer.number(2))
        elif plan.has_title_words[row]:
            title = _cut(title, MOST_LETTERS - len(mark)) + " " + mark
    if body and luck[5] < 0.3 and not plan.wave[row]:
        body += "\n    " if luck[5] < 0.15 else "    "
    return title, body


def _inline(writer: _Writer, plan: Plan, row: int, body: str, tags: list[str]) -> str:
    if plan.is_inline[row] and tags:
        markers = " ".join(f"#{name}[话题]#" for name in tags)
        joint = "\n\t\n" if body and writer.number(3) == 0 else " "
        return (body + joint + markers).strip(" ")
    if plan.wave[row] and not tags and not body:
        return writer.pick(v.EMOJI)
    return body


def _copies(
    rng: np.random.Generator, plan: Plan, skeleton: Skeleton, focus: float
) -> dict[int, str]:
    """Texts of near-duplicating authors and of coordinated rings, by post."""
    texts: dict[int, str] = {}
    alone = plan.signs["near_duplicate"][skeleton.author]
    rows = np.flatnonzero(
        (alone | (plan.ring >= 0))
        & plan.has_body_words
        & (plan.language == LANGUAGES.index("en"))
    )
    authors = len(plan.is_silent)
    draws = rng.integers(0, 1 << 31, (authors + int(plan.ring.max(initial=0)) + 1, 9))
    for row in rows.tolist():
        author, ring = int(skeleton.author[row]), int(plan.ring[row])
        key = author if ring < 0 else authors + ring
        writer = _Writer(draws[key], int(plan.topic[row]), focus)
        pieces = [writer.fill(v.TOPIC_SENTENCES, False) for _ in range(4)]
        if plan.signs["promotion"][author]:
            pieces.insert(0, writer.fill(v.PROMOTION_SENTENCES, False))
        number = int(skeleton.order[row]) if ring < 0 else row % 7
        texts[row] = ". ".join(pieces) + f" {number + 1}."
    return texts


def answer(
    rng: np.random.Generator,
    plan: Plan,
    threads: Threads,
    languages: Ints,
    names: list[str],
    focus: float,
) -> list[str]:
    """Write the comments.

    Args:
        rng: Random generator.
        plan: The posts, for their topics.
        threads: The comments.
        languages: Language of every comment, an index of `LANGUAGES`.
        names: Nickname of every person, for mentions.
        focus: Share of topic words that belong to the post's topic.

    Returns:
        One text per comment.
    """
    size = len(threads.post)
    draws = rng.integers(0, 1 << 31, (size, 24))
    luck = rng.random((size, 4)).tolist()
    topics = plan.topic[threads.post].tolist()
    texts = []
    for row in range(size):
        writer = _Writer(draws[row], topics[row], focus)
        language = LANGUAGES[languages[row]]
        parent = int(threads.parent[row])
        if language == "none":
            text = (
                writer.pick(v.STICKERS) if luck[row][0] < 0.6 else writer.pick(v.EMOJI)
            )
        else:
            chinese = language == "zh"
            text = writer.fill(v.COMMENTS_ZH if chinese else v.COMMENTS, chinese)
            if language == "mixed":
                text += " " + writer.fill(v.COMMENTS_ZH, True)
            if parent != NOBODY and luck[row][1] < 0.5:
                opener = v.REPLY_OPENERS_ZH if chinese else v.REPLY_OPENERS
                text = writer.pick(opener) + ("" if chinese else " ") + text
        if parent != NOBODY and luck[row][2] < 0.12:
            text = f"@{names[int(threads.person[parent])]} {text}"
        if luck[row][3] < 0.08:
            text += writer.pick(v.STICKERS)
        elif luck[row][3] < 0.2:
            text += writer.pick(v.EMOJI)
        texts.append(text)
    return texts


def nicknames(rng: np.random.Generator, is_local: Bools) -> list[str]:
    """Invent a nickname per person; nobody real."""
    draws = rng.integers(0, 1 << 30, (len(is_local), 3)).tolist()
    names = []
    for local, (a, b, c) in zip(is_local.tolist(), draws, strict=True):
        if local:
            names.append(f"{v.NICK_ZH[a % len(v.NICK_ZH)]}{c % 1_000}")
        else:
            head = v.NICK_HEADS[a % len(v.NICK_HEADS)]
            names.append(f"{head}_{v.NICK_TAILS[b % len(v.NICK_TAILS)]}{c % 10_000}")
    return names
