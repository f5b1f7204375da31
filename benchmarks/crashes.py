"""Kill builds at random moments: are the results of the build before still there?

    python benchmarks/crashes.py 50 [--select SELECTION] [--seed 1]

Builds the selection once, then starts builds that are killed (SIGKILL) at moments drawn
uniformly from the time that a build takes. After each, the database must
hold what it held, bit for bit; after the last, a build must give the same tables. The
exit status is 1 if it does not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from compare_builds import compare
from refugee_adaptation.builds import PROJECT


def begin(folder: Path, select: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a build of the bundled sample, in its own process group."""
    settings = {
        "ADAPTATION_DB": str(folder / "x.duckdb"),
        "ADAPTATION_CRAWL": "",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "dbt.cli.main", "build", "--quiet"),
            *("--resource-type", "seed", "model", "--select", *select),
        ],
        cwd=PROJECT,
        env=os.environ | settings,
        start_new_session=True,
    )


def main() -> None:
    """Read the arguments, kill, and say what was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("--select", nargs="+", default=["+dim_users"])
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "x.duckdb"
        for build in ("with its parse", "timed"):
            began = time.monotonic()
            if begin(folder, arguments.select).wait():
                sys.exit(f"the build {build} failed before anything was killed")
        takes = time.monotonic() - began
        before = sha256(database.read_bytes()).digest()
        reference = folder / "reference" / "x.duckdb"
        reference.parent.mkdir()
        reference.write_bytes(database.read_bytes())
        killed = lost = 0
        for _ in range(arguments.kills):
            process = begin(folder, arguments.select)
            time.sleep(draw.uniform(0.0, takes))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                killed += 1
                process.wait()
                lost += sha256(database.read_bytes()).digest() != before
            else:
                before = sha256(database.read_bytes()).digest()
        begin(folder, arguments.select).wait()
        differs = compare(reference, database, {})
    print(f"{killed} builds killed within {takes:.0f} s; {lost} changed the results")
    sys.exit(bool(lost or differs))


if __name__ == "__main__":
    main()
