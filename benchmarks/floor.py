"""What a build costs without dbt: its SQL, Python models and checks in one process.

    python benchmarks/floor.py TARGET DATABASE CRAWL

TARGET is the target folder of a whole `dbt build` into a new database, whose compiled
code is run here in the same order, into DATABASE, which must have the file name of that
database and not exist. Prints one line of JSON: CPU seconds of this process and the
number of tables, checks and failed checks.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from pathlib import Path

from refugee_adaptation.builds import PROJECT
from refugee_adaptation.compiled import Database, read_steps
from refugee_adaptation.crawl.keys import choose_key
from refugee_adaptation.crawl.reading import read_crawl


def main() -> int:
    """Run what was compiled; the exit status is 1 where a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("crawl")
    asked = parser.parse_args()
    os.chdir(PROJECT)
    steps = read_steps(asked.target)
    key = choose_key(is_sample=True, database=str(asked.database))
    database = Database(asked.database, read_crawl(asked.crawl).tables, key)
    failed = database.make(steps)
    used = resource.getrusage(resource.RUSAGE_SELF)
    checks = sum(step.kind == "test" for step in steps)
    print(
        json.dumps(
            {
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                "tables": sum(step.has_table for step in steps),
                "checks": checks,
                "failed": failed,
            }
        )
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
