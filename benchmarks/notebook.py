"""The founding study's notebook, re-stated, on crawls of several sizes.

    python benchmarks/notebook.py CRAWL.parquet 724 3000 20000

CRAWL is a synthetic crawl's posts (`python -m refugee_adaptation.sample --format
parquet`). Each size runs in a process of its own; CPU seconds per step and the most
memory are printed, or that it died. The steps are the notebook's, with its constants:
counts read, K-means on raw counts with the silhouette of all pairs, DBSCAN, words by
jieba, 50-word TF-IDF, NMF.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

STEPS = ("counts", "clusters", "silhouette", "outliers", "words", "topics")
COUNTS = ("collect_count", "comment_count", "share_count", "like_count")


def run(crawl: Path, posts: int) -> dict[str, float]:
    """Run the notebook's steps on the first posts; CPU seconds of each, and GB."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    from refugee_adaptation.evidence.reading import cut_text, read_count
    from refugee_adaptation.evidence.recipe import (
        recipe_clusters,
        recipe_outliers,
        recipe_topics,
    )

    seconds: dict[str, float] = {}
    began = time.process_time()

    def done(step: str) -> None:
        nonlocal began
        now = time.process_time()
        seconds[step] = round(now - began, 1)
        began = now

    frame = pd.read_parquet(crawl).head(posts)
    counts = np.array(
        [[read_count(cell) or 0 for cell in frame[name]] for name in COUNTS],
        dtype=float,
    ).T
    done("counts")
    labels = recipe_clusters(counts)
    done("clusters")
    silhouette_score(StandardScaler().fit_transform(counts), labels)
    done("silhouette")
    recipe_outliers(counts)
    done("outliers")
    parts = zip(frame["title"], frame["content"], strict=True)
    words = [f"{cut_text(title)} {cut_text(content)}" for title, content in parts]
    done("words")
    recipe_topics(words)
    done("topics")
    used = resource.getrusage(resource.RUSAGE_SELF)
    return seconds | {"memory": round(used.ru_maxrss / 1e6, 1)}


def main() -> None:
    """Run each size in its own process, because one of them may die."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("crawl", type=Path)
    parser.add_argument("posts", type=int, nargs="+")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(run(asked.crawl, asked.posts[0])))
        return
    print(f"{'posts':>9}", *(f"{step:>10}" for step in STEPS), f"{'GB':>6}")
    for posts in asked.posts:
        done = subprocess.run(
            [sys.executable, __file__, str(asked.crawl), str(posts), "--here"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["killed"])[-1]
            print(f"{posts:9,} died: {last[:80]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        row = (f"{found[step]:10.1f}" for step in STEPS)
        print(f"{posts:9,}", *row, f"{found['memory']:6.1f}", flush=True)


if __name__ == "__main__":
    main()
