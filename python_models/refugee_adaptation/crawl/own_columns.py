"""The setting `columns`: any sheet is read when a small YAML file says what is what.

One entry per kind of sheet, and in it a line per column: their name, then ours, or
`author_name` where a column names a person::

    posts:
      note: post_id
      author: user_id
      nickname: author_name
      words: body
      when: created_at

A sheet is recognised when it has all of the columns that are named. Everything else in
it stays unread.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from refugee_adaptation.crawl.layouts import FIELDS, Layout
from refugee_adaptation.crawl.sheets import CrawlError

VARIABLE = "ADAPTATION_COLUMNS"
FORMAT = "own_columns"
_NAME = "author_name"


def own_layouts(setting: str | None = None) -> tuple[Layout, ...]:
    """Read the layouts that the user wrote.

    Args:
        setting: the path of the YAML file; blank means the environment variable
            ADAPTATION_COLUMNS, and where that is blank too there are none.

    Returns:
        One layout per entity in the file.

    Raises:
        CrawlError: the file cannot be read, or names what is no field of ours.
    """
    path = setting or os.environ.get(VARIABLE, "")
    if not path:
        return ()
    from dbt.clients.yaml_helper import load_yaml_text
    from dbt_common.exceptions import DbtValidationError

    try:
        written = load_yaml_text(Path(path).expanduser().read_text("utf-8"))
    except (OSError, UnicodeDecodeError, DbtValidationError) as error:
        raise CrawlError(
            f"The setting `columns` names `{path}`, which cannot be read as YAML."
        ) from error
    if not isinstance(written, Mapping) or not written:
        raise _wrong(path, "it has no entry")
    return tuple(_layout(path, entity, names) for entity, names in written.items())


def _layout(path: str, entity: object, names: object) -> Layout:
    if entity not in FIELDS:
        raise _wrong(path, f"`{entity}` is none of {', '.join(FIELDS)}")
    if not isinstance(names, Mapping) or not names:
        raise _wrong(path, f"`{entity}` names no column")
    fields: dict[str, list[str]] = {}
    for theirs, ours in names.items():
        fields.setdefault(str(ours), []).append(str(theirs))
    named = fields.pop(_NAME, ())
    try:
        return Layout(
            format=FORMAT,
            entity=str(entity),
            fields=fields,
            required=tuple(map(str, names)),
            names=named,
        )
    except ValueError as error:
        raise _wrong(path, str(error)) from error


def _wrong(path: str, problem: str) -> CrawlError:
    fields = "; ".join(f"{x}: {', '.join(names)}" for x, names in FIELDS.items())
    return CrawlError(
        f"The file `{path}` of the setting `columns` cannot be used: {problem}; "
        f"expected their name and ours, of {fields}; or {_NAME}."
    )
