"""The layouts of crawler exports: which of their columns is which field of ours.

A new crawler is one module with its `LAYOUTS`, its name in `registry.py`, and a row of
the seed `crawl_formats`, which says what SQL must know of it. Nothing is interpreted
here: a layout renames columns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refugee_adaptation.crawl.sheets import Record

FIELDS: Mapping[str, Sequence[str]] = {
    "posts": (
        "post_id",
        "user_id",
        "title",
        "body",
        "tags",
        "post_type",
        "like_count",
        "collect_count",
        "comment_count",
        "share_count",
        "created_at",
        "captured_at",
        "ip_place",
        "source_keyword",
    ),
    "comments": (
        "comment_id",
        "post_id",
        "user_id",
        "parent_comment_id",
        "body",
        "like_count",
        "reply_count",
        "created_at",
        "captured_at",
        "ip_place",
        "pictures",
    ),
}
"""The fields of each entity that models read, as text; those of its dbt source."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The columns of one entity in one crawler's export.

    Attributes:
        format: the crawler, a row of the seed `crawl_formats`.
        entity: what a row is: posts or comments; or another, known and not used.
        fields: by field of ours (see `FIELDS`), the crawler's own column, or several
            of which the first that is not blank in a row is taken. A field that the
            crawler does not write is left out.
        required: columns without which it is not this layout.
        any_of: further sets of columns, of which one must be there whole.
        excluded: columns that prove it is another platform's export.
        withheld: columns that show a person, lead to one or hold a token: no table has
            them.
        names: columns that name a person: no table has them, and what they name is
            masked in texts.
        ignored: further columns of the crawler that nobody needs.
        table_name: in a database, the table that holds it (other platforms' tables
            there have like columns).
        within: where the records stand inside JSON objects, a dotted path; their
            columns have dotted names (see `nested`).
        replies: in a record inside JSON, the list of further records.
        derive: makes further columns of each record.
        made: columns that reading makes, so that no file has them.
    """

    format: str
    entity: str
    fields: Mapping[str, str | Sequence[str]]
    required: Collection[str]
    any_of: Sequence[Collection[str]] = ()
    excluded: Collection[str] = ()
    withheld: Collection[str] = ()
    names: Collection[str] = ()
    ignored: Collection[str] = ()
    table_name: str | None = None
    within: str | None = None
    replies: str | None = None
    derive: Callable[[Iterator[Record]], Iterator[Record]] | None = None
    made: Collection[str] = ()
    choices: Mapping[str, Sequence[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Refuse fields that no model reads, and columns both read and withheld."""
        choices = {
            name: (columns,) if isinstance(columns, str) else tuple(columns)
            for name, columns in self.fields.items()
        }
        object.__setattr__(self, "choices", choices)
        unknown = set(choices) - set(FIELDS.get(self.entity, ()))
        if unknown:
            raise ValueError(f"no field of {self.entity}: {', '.join(sorted(unknown))}")
        shown = set(self.read) & {*self.withheld, *self.names}
        if shown:
            raise ValueError(f"read and withheld: {', '.join(sorted(shown))}")

    @property
    def is_used(self) -> bool:
        """False for a known entity that no model reads."""
        return self.entity in FIELDS

    def holds(self, name: str) -> str:
        """Tell whether a field is `present` in the export, `derived` or `absent`."""
        columns = self.choices.get(name, ())
        if set(columns) - set(self.made):
            return "present"
        return "derived" if columns else "absent"

    @property
    def read(self) -> Sequence[str]:
        """The crawler's columns that become fields, each once."""
        return list(
            dict.fromkeys(x for choice in self.choices.values() for x in choice)
        )

    @property
    def columns(self) -> Sequence[str]:
        """Every column that is known, each once."""
        sets = (
            *(self.required, *self.any_of),
            *(self.withheld, self.names, self.ignored),
        )
        known = (self.read, *sets)
        return list(dict.fromkeys(name for names in known for name in names))

    def matches(self, columns: Collection[str], table_name: str | None = None) -> bool:
        """Tell whether a sheet with these columns is of this layout."""
        if table_name is not None and table_name != self.table_name:
            return False
        names = set(columns)
        is_one = not self.any_of or any(set(x) <= names for x in self.any_of)
        is_whole = is_one and set(self.required) <= names
        return is_whole and not names & set(self.excluded)
