"""How much of a file is read: no file may take all memory, or all time.

Each limit is far above what a crawler writes. What exceeds one of a file stops the
crawl with a sentence that says so; what exceeds one of a row is a rejected row.
"""

from __future__ import annotations

TEXT_BYTES = 1_000_000_000
"""Bytes of a file that is read as text: CSV or JSON (Parquet is read in batches)."""

LINE_CHARACTERS = 5_000_000
"""Characters of a line of CSV. A post has a thousand, and some addresses."""

FIELD_CHARACTERS = 1_000_000
"""Characters of a field of CSV, which a quote that is never closed would fill."""

NESTED = 100
"""Lists and objects inside one another in a JSON record."""

FAULTY_CHARACTERS = 100_000_000
"""Characters looked at behind faults of a file before each of its lines, or objects,
is taken for itself."""

HEADER_LINES = 10
"""Lines among which the header of a sheet is looked for: a title may stand above."""

SQLITE_STEPS = 2_000_000_000
"""Steps of SQLite's machine for one table, a few minutes: a row of a table takes some
fifty, so this is for a table whose columns are computed without end."""

EXPANDED_BYTES = 1_000_000_000
"""Bytes that a compressed file, an archive or a workbook unfolds to, in all."""

ARCHIVE_FILES = 10_000
"""Files in an archive; a folder of single answers has thousands."""

PARQUET_UNFOLDS = 100
"""Times its own size that a Parquet file unfolds to, or to EXPANDED_BYTES if that is
more: a value that repeats is written once, whatever the rows."""
