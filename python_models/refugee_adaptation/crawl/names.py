"""Names of people, known from the author columns of a crawl, are marked in its texts.

Names and texts meet here, in memory, and nowhere else. A character of a name becomes
`MARK`, so that a text keeps its length (some crawlers repeat the start of a text as its
title); SQL makes the mask of it (the macro `protect_text`).

A name is looked for as it is written, without what decorates it at both ends, and
without spaces and underscores (as a hashtag has it), in any case. It counts from three
letters or digits on, or two letters of a script without spaces, and where it is no
common word:

- a word of jieba's dictionary (a name of a person there only if it is frequent) or of
  the project's word lists;
- or a word of the crawl itself: people write it in lower case without `@`, `_WRITERS`
  of them (`_PLAIN_WRITERS` where it is one Latin word), and `_RATIO` times as many as
  mention it with `@`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from json import JSONDecodeError, dumps, loads
from operator import add

import pyarrow as pa

from refugee_adaptation.shared.seeds import seed_rows

MARK = "\ue000"
"""Stands for a character of a name: of private use, so that no keyboard writes it."""

TEXTS: Mapping[str, Sequence[str]] = {
    "posts": ("title", "body", "tags", "source_keyword"),
    "comments": ("body",),
}
"""The fields of each entity in which somebody writes."""

_WRITERS = 10
_PLAIN_WRITERS = 3
_RATIO = 10
_FREQUENT = 100
_BATCH = 50_000

# scripts from Thai on put no space between words
_UNSPACED = "\u0e00"
_TWO_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2}")
_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_PLAIN = re.compile("[a-z\u00df-\u024f]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_GAPS = re.compile(r"[\s_]+")
_WORD_LISTS = (
    ("lexicon", "term"),
    ("concept_lexicon", "word"),
    ("stop_words", "word"),
    ("place_names", "name"),
    ("place_names", "place"),
)


def mark_names(
    tables: Mapping[str, pa.Table],
    names: Iterable[str],
    masked: set[str] | None = None,
) -> dict[str, pa.Table]:
    """Mark the names of people in the texts of a crawl.

    Args:
        tables: by entity, with the columns of `TEXTS` and `user_id`, all text.
        names: what stands in the author columns of the crawl.
        masked: gets the spellings that are marked wherever they stand.

    Returns:
        The tables, in whose texts each character of a name is `MARK`; all else, the
        length of each text among it, is as it was.
    """
    finder = Finder(spelt for name in set(names) for spelt in spellings(name))
    if not finder.known:
        return dict(tables)
    uses = _Uses()
    hits: dict[tuple[str, str], list[int]] = {}
    for entity, column in _columns(tables):
        table = tables[entity]
        rows = hits[entity, column] = []
        for row, text in enumerate(_texts(table[column])):
            if text and (found := list(finder.find(text))):
                rows.append(row)
                uses.add(text, found, table["user_id"][row].as_py())
    finder = Finder(finder.known - uses.common())
    if masked is not None:
        masked.update(finder.known)
    marked = dict(tables)
    for (entity, column), rows in hits.items():
        changed = {
            row: finder.marked(tables[entity][column][row].as_py()) for row in rows
        }
        marked[entity] = _replaced(marked[entity], column, changed)
        if column == "body" and "title" in TEXTS[entity]:
            titles = _starts(tables[entity], changed)
            marked[entity] = _replaced(marked[entity], "title", titles)
    return marked


def spellings(name: str) -> Iterator[str]:
    """Yield the spellings under which a name is looked for, in lower case.

    Args:
        name: as its owner writes it.

    Yields:
        The name, the name without decoration, and both in one word; none that is too
        short to tell a person.
    """
    whole = _fold(name.strip())
    bare = _EDGES.sub("", whole)
    joined = (_GAPS.sub("", whole), _GAPS.sub("", bare))
    for spelt in dict.fromkeys((whole, bare, *joined)):
        written = [x for x in spelt if x.isalnum()]
        unspaced = sum(x >= _UNSPACED for x in written)
        has_letter = any(x.isalpha() for x in written)
        if unspaced >= 2 or len(written) >= (3 if has_letter else 6):
            yield spelt


class Finder:
    """Finds spellings in texts.

    Attributes:
        known: the spellings, without words of a dictionary.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        """Sort the spellings by how they begin.

        Args:
            wanted: the spellings, in lower case.
        """
        spelt_so = frozenset(wanted)
        self.known = spelt_so - _dictionary(spelt_so)
        lengths: dict[str, dict[str, set[int]]] = {}
        for spelt in self.known:
            begun = lengths.setdefault(spelt[:2], {})
            begun.setdefault(spelt[2:3], set()).add(len(spelt))
        self._lengths = {
            start: {third: sorted(of, reverse=True) for third, of in begun.items()}
            for start, begun in lengths.items()
        }

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names stand in a text, the longest at each place.

        Args:
            text: any text.

        Yields:
            Start and end, in order; none overlaps the one before.
        """
        folded = _fold(text)
        starts = self._lengths
        pairs = map(add, folded, folded[1:])
        end = 0
        for start in [place for place, pair in enumerate(pairs) if pair in starts]:
            if start < end or _is_inside_word(folded, start):
                continue
            begun = starts[folded[start : start + 2]]
            third = folded[start + 2 : start + 3]
            for length in begun.get(third, []) + (begun.get("", []) if third else []):
                stop = start + length
                if folded[start:stop] in self.known and _stands_alone(
                    folded, start, stop
                ):
                    yield start, stop
                    end = stop
                    break

    def marked(self, text: str) -> str:
        """Mark the names in a text.

        Args:
            text: any text, or hashtags written as one JSON text, which is decoded.

        Returns:
            The text, with `MARK` for each character of a name.
        """
        plain = _decoded(text)
        parts = []
        end = 0
        for start, stop in self.find(plain):
            parts += [plain[end:start], MARK * (stop - start)]
            end = stop
        if not parts:
            return text
        marked = "".join([*parts, plain[end:]])
        return marked if plain is text else dumps(marked, ensure_ascii=False)


class _Uses:
    """Who writes a spelling as a word, and how often it is mentioned."""

    def __init__(self) -> None:
        self._writers: dict[str, set[str | None]] = defaultdict(set)
        self._mentions: dict[str, int] = defaultdict(int)

    def add(
        self, text: str, found: Iterable[tuple[int, int]], writer: str | None
    ) -> None:
        for start, stop in found:
            written = text[start:stop]
            spelt = _fold(written)
            if text[start - 1 : start] in ("@", "\uff20"):
                self._mentions[spelt] += 1
            elif written == spelt:
                self._writers[spelt].add(writer)

    def common(self) -> set[str]:
        return {
            spelt
            for spelt, writers in self._writers.items()
            if len(writers) >= (_PLAIN_WRITERS if _PLAIN.fullmatch(spelt) else _WRITERS)
            and len(writers) >= _RATIO * self._mentions[spelt]
        }


def _columns(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, str]]:
    for entity, columns in TEXTS.items():
        for column in columns:
            if entity in tables:
                yield entity, column


def _texts(column: pa.ChunkedArray) -> Iterator[str | None]:
    for start in range(0, len(column), _BATCH):
        for text in column.slice(start, _BATCH).to_pylist():
            yield _decoded(text) if text else None


def _starts(table: pa.Table, bodies: Mapping[int, str]) -> dict[int, str]:
    """Titles that repeat the start of a marked text, which may end inside a name."""
    titles = {row: table["title"][row].as_py() or "" for row in bodies}
    return {
        row: bodies[row][: len(title)]
        for row, title in titles.items()
        if title and table["body"][row].as_py().startswith(title)
    }


def _replaced(table: pa.Table, name: str, changed: Mapping[int, str]) -> pa.Table:
    if not changed:
        return table
    texts = table[name].to_pylist()
    for row, text in changed.items():
        texts[row] = text
    place = table.schema.get_field_index(name)
    return table.set_column(place, name, pa.array(texts, pa.string()))


def _decoded(text: str) -> str:
    """Decode a text that is written as JSON, as some hashtags are."""
    if text[0] != '"' or "\\" not in text:
        return text
    try:
        decoded = loads(text)
    except JSONDecodeError:
        return text
    return decoded if isinstance(decoded, str) else text


def _fold(text: str) -> str:
    """Make a text lower case, and leave its length as it is."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(x.lower() if len(x.lower()) == 1 else x for x in text)


def _is_inside_word(text: str, place: int) -> bool:
    """Tell whether a word with spaces around it goes on over a place."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left < _UNSPACED and right < _UNSPACED and left.isalnum() and right.isalnum()


def _stands_alone(text: str, start: int, stop: int) -> bool:
    """Tell whether what is found is a word, and no piece of others."""
    if _is_inside_word(text, stop):
        return False
    if not _TWO_HAN.fullmatch(text, start, stop):
        return True
    import rjieba

    # two letters may be the end of a word and the start of another
    for run in _HAN_RUN.finditer(text, max(0, start - 8), stop + 8):
        if run.start() <= start < run.end():
            ends = {place := run.start()}
            for word in rjieba.cut(run.group(), False):
                ends.add(place := place + len(word))
            return start in ends and stop in ends
    return True


def _dictionary(wanted: Collection[str]) -> set[str]:
    """Which of some spellings are words of a dictionary or of the project's lists."""
    listed = _listed()
    found = {spelt for spelt in wanted if spelt in listed}
    coded = {spelt.encode(): spelt for spelt in wanted if _HAN_RUN.search(spelt)}
    if coded:
        from jieba import get_dict_file

        with get_dict_file() as file:
            for line in file:
                if (word := line[: line.index(b" ")]) in coded:
                    _, frequency, kind = line.split()
                    if not kind.startswith(b"nr") or int(frequency) >= _FREQUENT:
                        found.add(coded[word])
    return found


@cache
def _listed() -> frozenset[str]:
    """The words of the project's lists, as they are and as a hashtag has them."""
    words = {_fold(row[name]) for seed, name in _WORD_LISTS for row in seed_rows(seed)}
    return frozenset(words | {_GAPS.sub("", word) for word in words})
