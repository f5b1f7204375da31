"""Titles, bodies and comments, composed from the vocabularies."""

from collections.abc import Callable, Sequence

import numpy as np

from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.comments import NOBODY, Threads
from refugee_adaptation.sample.counts import Bools, Ints
from refugee_adaptation.sample.posts import LANGUAGES, Plan
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.tags import Tags
from refugee_adaptation.sample.users import People, Skeleton

_DRAWS = 64
MOST_LETTERS = 36


class _Writer:
    """Fills sentence frames for one text with numbers drawn before."""

    def __init__(self, draws: Sequence[int], topic: int, focus: float) -> None:
        self._draws = draws
        self._next = 0
        self._topic = topic
        self._focus = focus

    def number(self, below: int) -> int:
        """Return the next drawn number, 0 to `below` - 1."""
        drawn = self._draws[self._next % len(self._draws)]
        drawn = (drawn * 2_654_435_761 + self._next * 40_503) & 0x7FFFFFFF
        self._next += 1
        return (drawn >> 7) % below

    def pick(self, options: Sequence[str]) -> str:
        return options[self.number(len(options))]

    def _word(self, chinese: bool) -> str:
        topic = self._topic
        if self.number(1_000) >= 1_000 * self._focus:
            topic = self.number(len(v.TOPICS))
        words = v.TOPICS[topic].chinese if chinese else v.TOPICS[topic].english
        return self.pick(words)

    def fill(self, frames: Sequence[str], chinese: bool) -> str:
        """Pick a frame and fill its slots with words of the topic."""
        frame = self.pick(frames)
        words: list[str] = []
        for _ in range(3):
            word = self._word(chinese)
            for _ in range(4):
                if word not in words:
                    break
                word = self._word(chinese)
            words.append(word)
        culture = v.CULTURE_WORDS_ZH if chinese else v.CULTURE_WORDS
        first = self.number(len(culture))
        second = first + 1 + self.number(len(culture) - 1)
        return frame.format(
            a=words[0],
            b=words[1],
            c=words[2],
            k=culture[first],
            l=culture[second % len(culture)],
            m=self.pick(v.MODIFIERS_ZH if chinese else v.MODIFIERS),
            n=2 + self.number(88),
            p=self.pick(v.PLACES_ZH if chinese else v.PLACES),
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
    if language == "mixed":
        return lambda piece: (piece + start) % 2 == 0
    return lambda _: language == "zh"


def _body(
    writer: _Writer,
    flags: dict[str, bool],
    length: int,
    speaks: Callable[[int], bool],
    least: int,
) -> str:
    """Write about `length` characters: what the flags ask for, then the topic."""
    pieces: list[str] = []
    wanted = [name for name in (*_FIRST, *_LAST) if flags[name]]
    is_short = length < 40 * (len(wanted) + 1)

    def add(name: str, short: bool) -> None:
        chinese = speaks(len(pieces))
        pieces.append(writer.fill(_FRAMES[name][int(short)][int(chinese)], chinese))

    for name in wanted:
        if name in _FIRST:
            add(name, is_short)
    ending = [name for name in wanted if name in _LAST]
    room = length - sum(map(len, pieces)) - (14 if is_short else 34) * len(ending)
    while room > 8 or len(pieces) + len(ending) < least:
        before = sum(map(len, pieces))
        if room < 14:
            add("brief", True)
        else:
            add("topic", room < 34)
        room -= sum(map(len, pieces)) - before + 2
    for name in ending:
        add(name, is_short)
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
    room = length // 2 if both else length
    wanted = [name for name in (*_FIRST, *_LAST) if flags[name]]
    if wanted and not has_body:
        frames = _FRAMES[wanted[0]][int(room < 26)][int(chinese)]
    elif chinese:
        frames = _FRAMES["topic" if room > 16 else "brief"][int(room < 9)][1]
    elif is_viral:
        frames = v.VIRAL_PHRASES if room > 18 else v.VIRAL_SHORT
    elif writer.number(4) == 0:
        frames = v.PLAIN_PHRASES if room > 18 else v.PLAIN_SHORT
    else:
        frames = _FRAMES["topic" if room > 32 else "brief"][int(room < 14)][0]
    text = writer.fill(frames, chinese)
    if both:
        other = _FRAMES["brief"][int(room < 10)][int(not chinese)]
        text += " | " + writer.fill(other, not chinese)
    return text


def _cut(title: str) -> str:
    """Cut a title at the platform's limit, at a space where there is one."""
    short = title[:MOST_LETTERS]
    return short.rsplit(" ", 1)[0] if " " in short[20:] else short


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
    draws = rng.integers(0, 1 << 31, (size, _DRAWS)).tolist()
    luck = rng.random((size, 6))
    by_post: list[list[str]] = [[] for _ in range(size)]
    for number, name in zip(tags.post.tolist(), tags.tag.tolist(), strict=True):
        by_post[number].append(name)
    copies = _copies(rng, plan, skeleton, settings.topic_focus)
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
        if has_body:
            speaks = _speaker(language, writer.number(2))
            least = 2 if language == "mixed" else 1
            body = _body(writer, mine, int(plan.body_length[row]), speaks, least)
        if has_title:
            title = _title(
                writer,
                mine,
                int(plan.title_length[row]),
                language,
                bool(viral[row]),
                has_body,
            )
            if language == "en" and luck[row, 1] < 0.005:
                frame = v.HOSTILE_TITLES[hostile % len(v.HOSTILE_TITLES)]
                title = writer.fill((frame,), False)
                hostile += 1
            title = title if len(title) <= MOST_LETTERS else _cut(title)
        elif not plan.is_title_missing[row]:
            title = writer.pick(v.EMOJI)
        author = int(skeleton.author[row])
        if row in copies:
            body = copies[row]
        elif has_body and plan.signs["promotion"][author] and language != "zh":
            body = writer.fill(v.PROMOTION_SENTENCES, False) + ". " + body
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
        if body and (not title or luck[4] < 0.6):
            body += " " + writer.pick(v.EMOJI)
        elif title not in v.EMOJI:
            title += " " + writer.pick(v.EMOJI)
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
        writer = _Writer(draws[key].tolist(), int(plan.topic[row]), focus)
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
    draws = rng.integers(0, 1 << 31, (size, 24)).tolist()
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
