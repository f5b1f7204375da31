"""The layouts of crawler exports, and how one is recognised from its columns.

A new crawler is one module with its `LAYOUTS`, added to `LAYOUTS` in `registry.py`,
and one base model that reads the table `<format>_<entity>`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Layout:
    """The columns of one entity in one crawler's export.

    Attributes:
        format: the crawler, as in `_format`.
        entity: what a row is: posts, comments or creators.
        columns: the crawler's own column names, in its own order.
        required: columns without which it is not this layout.
        excluded: columns that prove it is another platform's export.
        aliases: other names the same columns go by, to the name used here.
        ignored: columns that say nothing about the row (a database's own counter).
        withheld: columns that name a person, show one or hold a token: they tell the
            layout, and no table has them.
        table_name: in a database, the table that holds it (other platforms' tables
            there have like columns).
        is_used: False for a known entity that no model reads.
    """

    format: str
    entity: str
    columns: Sequence[str]
    required: Collection[str]
    excluded: Collection[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    ignored: Collection[str] = ()
    withheld: Collection[str] = ()
    table_name: str | None = None
    is_used: bool = True

    @property
    def source(self) -> str:
        """The name of the dbt source table, `<format>_<entity>`."""
        return f"{self.format}_{self.entity}"

    def matches(self, columns: Collection[str], table_name: str | None = None) -> bool:
        """Tell whether a sheet with these columns is of this layout."""
        if table_name is not None and table_name != self.table_name:
            return False
        names = {self.aliases.get(name, name) for name in columns}
        return set(self.required) <= names and not names & set(self.excluded)
