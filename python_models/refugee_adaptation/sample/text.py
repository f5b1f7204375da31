"""Titles, bodies and comments, composed from the vocabularies."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from refugee_adaptation.sample import vocabulary as v
from refugee_adaptation.sample.comments import NOBODY, Threads
from refugee_adaptation.sample.counts import Bools, Floats, Ints
from refugee_adaptation.sample.phrases import Frames, Writers
from refugee_adaptation.sample.posts import LANGUAGES, Plan
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.tags import Tags
from refugee_adaptation.sample.users import People, Skeleton

_DRAWS = 64
MOST_LETTERS = 39
_TRIES = 6
_ZH, _MIXED = LANGUAGES.index("zh"), LANGUAGES.index("mixed")

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
_SETS = Frames()


def _either(name: str, chinese: int) -> tuple[str, ...]:
    """Return the long and the short frames of one kind."""
    return _FRAMES[name][0][chinese] + _FRAMES[name][1][chinese]


def _body_sets(*names: str) -> list[list[int]]:
    """Number the sets of long and of short frames, each English and Chinese."""
    return [
        [
            _SETS.add(sum((_FRAMES[name][short][chinese] for name in names), ()))
            for chinese in (0, 1)
        ]
        for short in (0, 1)
    ]


def _title_sets(frames: tuple[str, ...], chinese: int) -> list[int]:
    """Number the set for titles, and that for titles of less than 10 characters."""
    return [_SETS.add(frames), _SETS.add(frames + _FRAMES["brief"][1][chinese])]


#: Sets of body frames by kind, short, Chinese: what is wanted, the topic, the rest.
_BODY = np.array(
    [
        *(_body_sets(name) for name in (*_FIRST, *_LAST, "topic")),
        _body_sets("topic", "brief"),
    ]
)
_TOPIC, _REST = 5, 6
#: Sets of title frames by kind and Chinese, then short: what is wanted, the topic.
_TITLE = np.array(
    [
        *(
            [_title_sets(_either(name, chinese), chinese) for chinese in (0, 1)]
            for name in (*_FIRST, *_LAST)
        ),
        [
            _title_sets(_either("topic", chinese) + _either("brief", chinese), chinese)
            for chinese in (0, 1)
        ],
    ]
)
_TITLE_VIRAL = np.array(_title_sets(v.VIRAL_PHRASES + v.VIRAL_SHORT, 0))
_TITLE_PLAIN = np.array(_title_sets(v.PLAIN_PHRASES + v.PLAIN_SHORT, 0))
_TITLE_MORE = np.array([_SETS.add(_either("brief", chinese)) for chinese in (0, 1)])
_PROMOTION = _SETS.add(v.PROMOTION_SENTENCES)
_COPIED = _SETS.add(v.TOPIC_SENTENCES)
#: What joins the parts of a title, by its length.
_JOINTS = ("", "\uff0c", ", ", " | ")
_HOSTILE = np.array([_SETS.add((frame,)) for frame in v.HOSTILE_TITLES])
_COMMENT = np.array([_SETS.add(v.COMMENTS), _SETS.add(v.COMMENTS_ZH)])


def _wanted(plan: Plan, rows: Ints) -> Bools:
    """Return the flags of posts in the order of their sentences, shape (5, rows)."""
    return np.array([plan.flags[name][rows] for name in (*_FIRST, *_LAST)])


def _bodies(
    writers: Writers,
    rows: Ints,
    plan: Plan,
    lengths: Ints,
    promoting: Bools,
) -> list[str]:
    """Write bodies of about a length: what the flags ask for, then the topic.

    Args:
        writers: Writers of all posts.
        rows: Posts to write.
        plan: What the posts are about.
        lengths: Characters of each body, shape (rows,).
        promoting: Whether it opens with an advertisement, shape (rows,).

    Returns:
        One body per row.
    """
    mixed, chinese = plan.language[rows] == _MIXED, plan.language[rows] == _ZH
    now = writers.at[rows]
    start = writers.numbers(rows, now, 2)
    now += 1
    count = np.zeros(len(rows), np.int64)
    used = np.zeros(len(rows), np.int64)
    kept: list[tuple[Ints, Ints, Ints, Bools]] = []

    def is_chinese(who: Ints) -> Bools:
        """Say whether the next piece is: of mixed texts a third, one of two first."""
        turn = (count[who] + 5 * start[who]) % 6
        return np.asarray(chinese[who] | (mixed[who] & ((turn == 0) | (turn == 2))))

    def add(who: Ints, kind: int | Ints, short: Bools, room: Ints) -> Ints:
        """Add the piece that fits the room best; returns the room that is left."""
        spoken = is_chinese(who)
        sets = _BODY[kind, short.astype(np.int64), spoken.astype(np.int64)]
        begin = best = now[who]
        left, least = room, np.full(len(who), np.iinfo(np.int64).max)
        for _ in range(_TRIES):
            filled = writers.fill(rows[who], begin, sets, spoken)
            # a rest too small for another piece is as bad as its size, an excess twice
            rest = room - filled.length - 2
            loss = np.where(rest < 0, -2 * rest, np.where(rest < 9, rest, 0))
            better = loss < least
            best, left = np.where(better, begin, best), np.where(better, rest, left)
            least = np.minimum(loss, least)
            begin = filled.at
        now[who] = begin
        count[who] += 1
        used[who] += room - left
        kept.append((who, best, sets, spoken))
        return left

    who = np.flatnonzero(promoting)
    sets, spoken = np.full(len(who), _PROMOTION), np.zeros(len(who), np.bool_)
    kept.append((who, now[who], sets, spoken))
    opening = writers.fill(rows[who], now[who], sets, spoken)
    now[who] = opening.at
    count[who] = 1
    used[who] = opening.length + 2
    wanted = _wanted(plan, rows)
    begun = np.where(promoting, used - 2, 0)
    is_short = lengths - begun < 40 * (wanted.sum(axis=0) + 1)
    for kind in range(len(_FIRST)):
        who = np.flatnonzero(wanted[kind])
        add(who, kind, is_short[who], lengths[who])
    endings = wanted[len(_FIRST) :].sum(axis=0)
    first = chinese | (mixed & (start == 0))
    typical = np.where(is_short, np.where(first, 8, 14), np.where(first, 14, 34))
    room = lengths - used - typical * endings
    least = np.where(mixed, 2, 1)
    who = np.arange(len(rows))
    while len(who := who[(room[who] > 7) | (count[who] + endings[who] < least[who])]):
        kinds = np.where(room[who] > 90, _TOPIC, _REST)
        room[who] = add(who, kinds, room[who] < 30, room[who])
    for kind in range(len(_FIRST), len(wanted)):
        who = np.flatnonzero(wanted[kind])
        room[who] = add(who, kind, is_short[who], room[who] + typical[who])
    breaks = (writers.numbers(rows, now, 3) == 0) & (count > 2)
    writers.at[rows] = now + 1
    who, begin, sets, spoken = (
        np.concatenate(column) for column in zip(*kept, strict=True)
    )
    pieces: list[list[str]] = [[] for _ in range(len(rows))]
    filled = writers.fill(rows[who], begin, sets, spoken)
    for place, text in zip(who.tolist(), writers.texts(filled), strict=True):
        if text[-1] not in "!?\uff01\uff1f":
            text += "。" if _is_han(text[-1]) else "."
        pieces[place].append(text)
    return [
        ("\n" if is_broken else " ").join(parts)
        for is_broken, parts in zip(breaks.tolist(), pieces, strict=True)
    ]


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _titles(
    writers: Writers,
    rows: Ints,
    plan: Plan,
    lengths: Ints,
    viral: Bools,
) -> list[str]:
    """Write titles: of many tries the one that comes closest to its length.

    Args:
        writers: Writers of all posts.
        rows: Posts to write.
        plan: What the posts are about.
        lengths: Characters of each title, shape (rows,).
        viral: Whether it follows a trend, shape (rows,).

    Returns:
        One title per row, at times longer than the platform allows.
    """
    mixed, chinese = plan.language[rows] == _MIXED, plan.language[rows] == _ZH
    now = writers.at[rows]
    chinese = chinese | (mixed & (writers.numbers(rows, now, 2) == 0))
    now += mixed
    both = mixed & ~plan.has_body_words[rows]
    wanted = _wanted(plan, rows)
    asked = wanted.any(axis=0) & ~plan.has_body_words[rows]
    tiny = (lengths < 10).astype(np.int64)
    kind = np.where(asked, wanted.argmax(axis=0), _TOPIC)
    sets = _TITLE[kind, chinese.astype(np.int64), tiny]
    free = ~asked & ~chinese
    sets = np.where(free & viral, _TITLE_VIRAL[tiny], sets)
    free &= ~viral
    plain = free & (writers.numbers(rows, now, 4) == 0)
    sets = np.where(plain, _TITLE_PLAIN[tiny], sets)
    now += free
    joint = np.where(chinese, 1, 2)
    titles = [""] * len(rows)

    def attempt(
        who: Ints, begin: Ints, is_longer: Bools, *, is_kept: bool = False
    ) -> tuple[Ints, Ints]:
        """Try a title; returns its length and the numbers used up to its end."""
        end, length = begin.copy(), np.zeros(len(who), np.int64)

        def say(part: Ints, sets: Ints, spoken: Bools, joints: Ints) -> None:
            filled = writers.fill(rows[who[part]], end[part], sets, spoken)
            end[part] = filled.at
            length[part] += joints + filled.length
            if is_kept:
                places, texts = who[part].tolist(), writers.texts(filled)
                for place, mark, text in zip(places, joints, texts, strict=True):
                    titles[place] += _JOINTS[mark] + text

        part = np.arange(len(who))
        say(part, sets[who], chinese[who], 0 * part)
        part = np.flatnonzero(both[who])
        other = ~chinese[who[part]]
        say(part, _TITLE_MORE[other.astype(np.int64)], other, 0 * part + 3)
        part = np.flatnonzero(is_longer)
        while len(part := part[length[part] < lengths[who[part]] - 4]):
            spoken = chinese[who[part]]
            more = _TITLE_MORE[spoken.astype(np.int64)]
            say(part, more, spoken, joint[who[part]])
        return length, end

    who = np.arange(len(rows))
    best, is_longer = now, np.zeros(len(rows), np.bool_)
    least = np.full(len(rows), np.iinfo(np.int64).max)
    for number in range(4 * _TRIES):
        length, end = attempt(who, now, np.full(len(rows), number % 2 == 1))
        loss = np.abs(length - lengths)
        better = loss < least
        best = np.where(better, now, best)
        is_longer = np.where(better, number % 2 == 1, is_longer)
        least = np.minimum(loss, least)
        now = end
    attempt(who, best, is_longer, is_kept=True)
    writers.at[rows] = now
    return titles


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
        if not len(others):
            continue
        given, least = lengths[others], needed[others]
        for row in rows[fixed[rows]].tolist():
            gap = np.abs(given - len(copies[row]))
            partner = int(np.argmin(gap))
            if gap[partner] < abs(lengths[row] - len(copies[row])):
                lengths[row], given[partner] = given[partner], lengths[row]
        tight = np.flatnonzero(given < least)
        for place in tight[np.argsort(-least[tight], kind="stable")].tolist():
            if given[place] >= least[place]:
                continue
            able = (given >= least[place]) & (least <= given[place])
            partner = int(np.argmax(able))
            if able[partner]:
                given[place], given[partner] = given[partner], given[place]
        lengths[others] = given
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
    viral = (people.group[skeleton.author] == 0) & (
        luck[:, 0] < 0.5 * min(settings.separation / 3.0, 1.0)
    )
    writers = Writers(_SETS, draws, plan.topic, settings.topic_focus)
    titles, bodies = [""] * size, [""] * size
    in_body = plan.has_body_words & (~plan.has_title_words | (luck[:, 4] < 0.6))
    shown = 2 * plan.has_emoji
    is_copy = np.zeros(size, np.bool_)
    is_copy[list(copies)] = True
    rows = np.flatnonzero(plan.has_body_words & ~is_copy)
    wanted = (lengths - shown * in_body)[rows]
    texts = _bodies(writers, rows, plan, wanted, promoting[rows])
    for row, text in chain(copies.items(), zip(rows.tolist(), texts, strict=True)):
        bodies[row] = text
    rows = np.flatnonzero(plan.has_title_words)
    wanted = (plan.title_length - shown * ~in_body)[rows]
    texts = _titles(writers, rows, plan, wanted, viral[rows])
    for row, text in zip(rows.tolist(), texts, strict=True):
        titles[row] = text
    english = plan.language[rows] == LANGUAGES.index("en")
    hostile = rows[english & (luck[rows, 1] < 0.005)]
    sets = _HOSTILE[np.arange(len(hostile)) % len(_HOSTILE)]
    texts = writers.say(hostile, sets, np.zeros(len(hostile), np.bool_))
    for row, text in zip(hostile.tolist(), texts, strict=True):
        titles[row] = text
    most = (MOST_LETTERS - shown * ~in_body)[rows]
    for row, longest in zip(rows.tolist(), most.tolist(), strict=True):
        titles[row] = _cut(titles[row], longest)
    _decorate(writers, plan, titles, bodies, luck)
    _inline(writers, plan, bodies, by_post)
    rows = np.flatnonzero(~plan.is_content_missing & ~_some(bodies))
    for row, more in zip(rows.tolist(), writers.draw(rows, 5), strict=True):
        bodies[row] = " " * (1 + more) + ("\n" if luck[row, 5] < 0.04 else "")
    return titles, bodies, ["#".join(names) for names in by_post]


def _some(texts: Sequence[object]) -> Bools:
    """Say which texts are not empty."""
    return np.fromiter(map(bool, texts), np.bool_, len(texts))


def _decorate(
    writers: Writers,
    plan: Plan,
    titles: list[str],
    bodies: list[str],
    luck: Floats,
) -> None:
    """Add emoji, stickers, mentions, links and blanks; changes titles and bodies."""
    rows = np.flatnonzero(~plan.has_title_words & ~plan.is_title_missing)
    marks = writers.pick(rows, v.EMOJI)
    for row, mark, more in zip(rows, marks, writers.draw(rows, 3), strict=True):
        titles[row] = mark * (1 + more)
    has_body, has_title = _some(bodies), _some(titles)
    rows = np.flatnonzero(plan.has_sticker & has_body)
    for row, sticker in zip(rows, writers.pick(rows, v.STICKERS), strict=True):
        bodies[row] += sticker
    for lucky, form, below in (
        (luck[:, 2] < 0.008, " @{}_{}", 99),
        (luck[:, 3] < 0.006, " https://example.com/{}/{}", 999),
    ):
        rows = np.flatnonzero(has_body & lucky)
        heads = writers.pick(rows, v.NICK_HEADS)
        for row, head, more in zip(rows, heads, writers.draw(rows, below), strict=True):
            bodies[row] += form.format(head, more)
    rows = np.flatnonzero(plan.has_emoji)
    marked = dict(zip(rows.tolist(), writers.pick(rows, v.EMOJI), strict=True))
    in_body = has_body & (~has_title | (luck[:, 4] < 0.6))
    for row in rows[in_body[rows]].tolist():
        bodies[row] += " " + marked[row]
    # February alone: tags behind a row of emoji
    alone = rows[~in_body[rows] & ~has_title[rows]]
    for row, more in zip(alone.tolist(), writers.draw(alone, 2), strict=True):
        bodies[row] = marked[row] * (3 + more)
    titled = ~in_body & has_title & plan.has_title_words
    for row in rows[titled[rows]].tolist():
        mark = marked[row]
        titles[row] = _cut(titles[row], MOST_LETTERS - len(mark)) + " " + mark
    last = luck[:, 5]
    for row in np.flatnonzero(_some(bodies) & (last < 0.3) & (plan.wave == 0)):
        bodies[row] += "\n    " if last[row] < 0.15 else "    "


def _inline(
    writers: Writers, plan: Plan, bodies: list[str], tags: list[list[str]]
) -> None:
    """Add the tags shown in the text; changes bodies."""
    has_body, has_tags = _some(bodies), _some(tags)
    shown = plan.is_inline & has_tags
    joints = dict.fromkeys(np.flatnonzero(shown).tolist(), " ")
    rows = np.flatnonzero(shown & has_body)
    for row, draw in zip(rows.tolist(), writers.draw(rows, 3), strict=True):
        if draw == 0:
            joints[row] = "\n\t\n"
    for row, joint in joints.items():
        markers = " ".join(f"#{name}[话题]#" for name in tags[row])
        bodies[row] = (bodies[row] + joint + markers).strip(" ")
    rows = np.flatnonzero((plan.wave > 0) & ~has_tags & ~has_body)
    for row, mark in zip(rows.tolist(), writers.pick(rows, v.EMOJI), strict=True):
        bodies[row] = mark


def _copies(
    rng: np.random.Generator, plan: Plan, skeleton: Skeleton, focus: float
) -> dict[int, str]:
    """Texts of near-duplicating authors and of coordinated rings, by post."""
    alone = plan.signs["near_duplicate"][skeleton.author]
    rows = np.flatnonzero(
        (alone | (plan.ring >= 0))
        & plan.has_body_words
        & (plan.language == LANGUAGES.index("en"))
    )
    authors = len(plan.is_silent)
    draws = rng.integers(0, 1 << 31, (authors + int(plan.ring.max(initial=0)) + 1, 9))
    author, ring = skeleton.author[rows], plan.ring[rows]
    keys = np.where(ring < 0, author, authors + ring)
    writers = Writers(_SETS, draws[keys], plan.topic[rows], focus)
    who, english = np.arange(len(rows)), np.zeros(len(rows), np.bool_)
    lines = [writers.say(who, 0 * who + _COPIED, english) for _ in range(4)]
    texts = [". ".join(parts) for parts in zip(*lines, strict=True)]
    who = np.flatnonzero(plan.signs["promotion"][author])
    lines = [writers.say(who, 0 * who + _PROMOTION, english[who])]
    for place, text in zip(who.tolist(), lines[0], strict=True):
        texts[place] = f"{text}. {texts[place]}"
    numbers = np.where(ring < 0, skeleton.order[rows], rows % 7) + 1
    return {
        row: f"{text} {number}."
        for row, text, number in zip(
            rows.tolist(), texts, numbers.tolist(), strict=True
        )
    }


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
    luck = rng.random((size, 4))
    writers = Writers(_SETS, draws, plan.topic[threads.post], focus)
    texts = [""] * size
    is_reply = threads.parent != NOBODY
    is_worded, is_chinese = languages != LANGUAGES.index("none"), languages == _ZH
    for marks, options in (
        (luck[:, 0] < 0.6, v.STICKERS),
        (luck[:, 0] >= 0.6, v.EMOJI),
    ):
        rows = np.flatnonzero(~is_worded & marks)
        for row, text in zip(rows.tolist(), writers.pick(rows, options), strict=True):
            texts[row] = text
    rows = np.flatnonzero(is_worded)
    chinese = is_chinese[rows]
    said = writers.say(rows, _COMMENT[chinese.astype(np.int64)], chinese)
    for row, text in zip(rows.tolist(), said, strict=True):
        texts[row] = text
    rows = np.flatnonzero(languages == _MIXED)
    said = writers.say(rows, 0 * rows + _COMMENT[1], np.ones(len(rows), np.bool_))
    for row, text in zip(rows.tolist(), said, strict=True):
        texts[row] += " " + text
    is_opened = is_worded & is_reply & (luck[:, 1] < 0.5)
    for marks, options, joint in (
        (is_chinese, v.REPLY_OPENERS_ZH, ""),
        (~is_chinese, v.REPLY_OPENERS, " "),
    ):
        rows = np.flatnonzero(is_opened & marks)
        for row, text in zip(rows.tolist(), writers.pick(rows, options), strict=True):
            texts[row] = text + joint + texts[row]
    rows = np.flatnonzero(is_reply & (luck[:, 2] < 0.12))
    answered = threads.person[threads.parent[rows]]
    for row, person in zip(rows.tolist(), answered.tolist(), strict=True):
        texts[row] = f"@{names[person]} {texts[row]}"
    last = luck[:, 3]
    for marks, options in (
        (last < 0.08, v.STICKERS),
        ((last >= 0.08) & (last < 0.2), v.EMOJI),
    ):
        rows = np.flatnonzero(marks)
        for row, text in zip(rows.tolist(), writers.pick(rows, options), strict=True):
            texts[row] += text
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
