"""The layouts of crawler exports: which of their columns is which field of ours.

A new crawler is one module with its `LAYOUTS`, its name in `registry.py`, and a row of
the seed `crawl_formats`, which says what SQL must know of it. Nothing is interpreted
here: a layout renames columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

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
        excluded: columns that prove it is another platform's export.
        withheld: columns that name a person, show one or hold a token: no table has
            them.
        ignored: further columns of the crawler that nobody needs.
        table_name: in a database, the table that holds it (other platforms' tables
            there have like columns).
    """

    format: str
    entity: str
    fields: Mapping[str, str | Sequence[str]]
    required: Collection[str]
    excluded: Collection[str] = ()
    withheld: Collection[str] = ()
    ignored: Collection[str] = ()
    table_name: str | None = None
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
        shown = set(self.read) & set(self.withheld)
        if shown:
            raise ValueError(f"read and withheld: {', '.join(sorted(shown))}")

    @property
    def is_used(self) -> bool:
        """False for a known entity that no model reads."""
        return self.entity in FIELDS

    @property
    def read(self) -> Sequence[str]:
        """The crawler's columns that become fields, each once."""
        return list(
            dict.fromkeys(x for choice in self.choices.values() for x in choice)
        )

    @property
    def columns(self) -> Sequence[str]:
        """Every column that is known, each once."""
        known = (self.read, self.required, self.withheld, self.ignored)
        return list(dict.fromkeys(name for names in known for name in names))

    def matches(self, columns: Collection[str], table_name: str | None = None) -> bool:
        """Tell whether a sheet with these columns is of this layout."""
        if table_name is not None and table_name != self.table_name:
            return False
        names = set(columns)
        return set(self.required) <= names and not names & set(self.excluded)
