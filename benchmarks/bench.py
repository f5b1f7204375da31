"""What the project costs on this machine, in CPU seconds and ratios.

    python benchmarks/bench.py build                    # the bundled sample, three ways
    python benchmarks/bench.py sizes 3000 30000 300000  # synthetic crawls, per model
    python benchmarks/bench.py few-posts                # 1,862 posts, 403,000 comments

`build` times a full parse, a second `dbt build` with every data test, and the same
SQL, Python models and checks in one process without dbt (floor.py). `sizes` generates a
crawl of each size (kept in --work), builds it on one thread without data tests and
writes the seconds of every model and its growth exponent between the two largest sizes
as CSV. `few-posts` does so with one crawl of the shape of the largest published one
(arXiv 2507.14623).

Wall times mean nothing on a machine that others use; CPU seconds less so.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SAMPLE = "seeds/sample"
# a model faster than this at the larger size has no exponent: it is start-up
LEAST_SECONDS = 1.0
# a crawl of so many posts has 403,000 comments, which then stand under so few
POSTS_BEHIND, FEW_POSTS = 102_000, 1_862


def timed(arguments: list[str], **settings: str) -> dict[str, float]:
    """Run a command; CPU and wall seconds, and the most memory in GB."""
    began, before = time.monotonic(), os.times()
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=os.environ | {"DO_NOT_TRACK": "1"} | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = process.communicate()
    if process.returncode != 0:
        sys.exit(f"{' '.join(arguments)} failed:\n{said[-4000:]}")
    after = os.times()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu": after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
        "wall": time.monotonic() - began,
        # the largest of all children so far
        "memory": used.ru_maxrss / 1e6,
    }


def dbt(*arguments: str, work: Path, crawl: str, threads: int = 2) -> dict[str, float]:
    """Run dbt in folders of its own."""
    return timed(
        [str(BIN / "dbt"), "--no-use-colors", *arguments, "--threads", str(threads)],
        ADAPTATION_DB=str(work / "bench.duckdb"),
        ADAPTATION_CRAWL=crawl,
        ADAPTATION_PSEUDONYM_KEY="0123456789abcdef",
        DBT_TARGET_PATH=str(work / "target"),
        DBT_LOG_PATH=str(work / "logs"),
    )


def measure_build(work: Path) -> None:
    """Print what the bundled sample costs with dbt and without."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "floor").mkdir(parents=True)
    # a whole build, so that what is compiled makes every table anew
    first = dbt("build", work=work, crawl=SAMPLE)
    floor = timed(
        [
            sys.executable,
            str(ROOT / "benchmarks/floor.py"),
            str(work / "target"),
            str(work / "floor/bench.duckdb"),
            SAMPLE,
        ],
        ADAPTATION_PSEUDONYM_KEY="0123456789abcdef",
        OMP_NUM_THREADS="1",
    )
    second = dbt("build", work=work, crawl=SAMPLE)
    parse = dbt("parse", "--no-partial-parse", work=work, crawl=SAMPLE)
    for name, cost in (
        ("first dbt build, with a full parse", first),
        ("second dbt build, every data test", second),
        ("the same without dbt, one process", floor),
        ("full parse", parse),
    ):
        print(f"{name:36} {cost['cpu']:7.1f} CPU s {cost['wall']:7.1f} s")
    print(f"with dbt / without: {second['cpu'] / floor['cpu']:.2f}")


def crawl_of(posts: int, work: Path) -> Path:
    """Generate a crawl, or find the one generated before."""
    crawl = work / f"crawl_{posts}"
    if not crawl.exists():
        generate = f"-m refugee_adaptation.sample --posts {posts} --seed 1"
        timed(
            [
                sys.executable,
                *generate.split(),
                *("--format", "parquet", "--out", str(crawl)),
            ]
        )
    return crawl / "sample"


def crawl_of_few_posts(work: Path) -> Path:
    """A crawl whose comments stand under few posts: each under an early one."""
    whole, crawl = crawl_of(POSTS_BEHIND, work), work / "crawl_few_posts"
    crawl.mkdir(exist_ok=True)
    posts = pd.read_parquet(whole / "posts.parquet")
    comments = pd.read_parquet(whole / "comments.parquet")
    # an id begins with its time
    ids = np.sort(posts["post_id"].dropna().unique())
    block = np.arange(ids.size) * FEW_POSTS // ids.size
    first = pd.Series(ids[np.searchsorted(block, block)], index=ids)
    posts[posts["post_id"].isin(first)].to_parquet(crawl / "posts.parquet")
    moved = comments.assign(
        note_id=comments["note_id"].map(first).fillna(comments["note_id"])
    )
    moved.to_parquet(crawl / "comments.parquet")
    return crawl


def measure_crawl(name: str, crawl: Path, work: Path) -> dict[str, float]:
    """Build a crawl; seconds of each model."""
    here = work / f"build_{name}"
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir()
    cost = dbt(
        *("build", "--exclude-resource-type", "test"),
        *("--exclude-resource-type", "unit_test"),
        work=here,
        crawl=str(crawl),
        threads=1,
    )
    print(
        f"{name:>9} posts {cost['cpu']:8.1f} CPU s {cost['wall']:8.1f} s "
        f"{cost['memory']:5.1f} GB at most so far",
        flush=True,
    )
    results = json.loads((here / "target/run_results.json").read_text())["results"]
    seconds = {
        one["unique_id"].split(".")[-1]: one["execution_time"]
        for one in results
        if one["unique_id"].startswith("model.")
    }
    return {"(all, CPU)": cost["cpu"]} | seconds


def measure_sizes(sizes: list[int], work: Path, out: Path) -> None:
    """Write seconds per model and size, and the exponent of growth, slowest first."""
    work.mkdir(parents=True, exist_ok=True)
    found = {
        posts: measure_crawl(str(posts), crawl_of(posts, work), work)
        for posts in sorted(sizes)
    }
    largest = found[max(found)]
    smaller = sorted(found)[-2] if len(found) > 1 else None
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model", *(f"seconds_{posts}" for posts in found), "exponent"])
        for model in sorted(largest, key=lambda name: -largest[name]):
            exponent = ""
            if smaller and largest[model] >= LEAST_SECONDS:
                ratio = largest[model] / max(found[smaller].get(model, 0), 0.01)
                grown = math.log(ratio) / math.log(max(found) / smaller)
                exponent = f"{grown:.2f}"
            row = [f"{found[posts].get(model, 0):.2f}" for posts in found]
            writer.writerow([model, *row, exponent])


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=ROOT / "target/bench")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build")
    commands.add_parser("few-posts")
    sizes = commands.add_parser("sizes")
    sizes.add_argument("posts", type=int, nargs="+")
    sizes.add_argument("--out", type=Path, default=ROOT / "benchmarks/sizes.csv")
    asked = parser.parse_args()
    work = asked.work.absolute()
    if asked.command == "build":
        measure_build(work)
    elif asked.command == "few-posts":
        work.mkdir(parents=True, exist_ok=True)
        seconds = measure_crawl("few", crawl_of_few_posts(work), work)
        for model in sorted(seconds, key=lambda name: -seconds[name])[:20]:
            print(f"{seconds[model]:8.1f} s {model}")
    else:
        measure_sizes(asked.posts, work, asked.out)


if __name__ == "__main__":
    main()
