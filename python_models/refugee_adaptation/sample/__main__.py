"""Command line: `python -m refugee_adaptation.sample --posts 3000 --out seeds/`."""

import argparse
import sys
from pathlib import Path

from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.writing import BATCH, batches, write_csv, write_parquet


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m refugee_adaptation.sample",
        description="Generate a synthetic crawl with planted truth. Nothing in it is "
        "real: no post, no person. Counts, texts, ages and hours of each wave follow "
        "the study's published aggregates. Not so, on purpose: half of the authors "
        "post more than once (5 % in the study), because staying, groups and "
        "communities are planted in what people do again and again; the days are "
        "those of the daily active users; fewer hashtags are used only once.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    plain = Settings()
    add = parser.add_argument
    add("--posts", type=int, default=plain.posts, help="number of posts")
    add("--seed", type=int, default=plain.seed, help="seed of every random draw")
    add("--out", type=Path, required=True, help="folder to write sample/ and truth to")
    add("--format", choices=("csv", "parquet"), default="csv", help="file format")
    add(
        "--separation",
        type=float,
        default=plain.separation,
        help="distance between adaptation groups in standard deviations; 0 plants none",
    )
    add(
        "--loyalty",
        type=float,
        default=None,
        help="sets --tag-loyalty and --reply-loyalty together",
    )
    for name, text in (
        ("tag_loyalty", "share of interest tags from the own community"),
        ("reply_loyalty", "share of replies inside the own community"),
        ("topic_focus", "share of topic words from the post's own topic"),
        ("retention_effect", "scale of the effects on staying"),
        ("adoption_probability", "probability of taking over a tag per exposure"),
    ):
        add(
            f"--{name.replace('_', '-')}",
            type=float,
            default=getattr(plain, name),
            help=text,
        )
    add("--no-comments", action="store_true", help="posts only")
    add("--no-anomalies", action="store_true", help="no automated accounts")
    add("--no-warts", action="store_true", help="no duplicates, broken or edited rows")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.loyalty is not None:
        given.tag_loyalty = given.reply_loyalty = given.loyalty
    try:
        settings = Settings(
            posts=given.posts,
            seed=given.seed,
            separation=given.separation,
            tag_loyalty=given.tag_loyalty,
            reply_loyalty=given.reply_loyalty,
            topic_focus=given.topic_focus,
            retention_effect=given.retention_effect,
            adoption_probability=given.adoption_probability,
            anomalies=not given.no_anomalies,
            comments=not given.no_comments,
            warts=not given.no_warts,
        )
        if given.format == "csv" and settings.posts > BATCH:
            parser.error(f"more than {BATCH:,} posts need --format parquet")
        if given.format == "parquet":
            files = write_parquet(settings, given.out)
        else:
            files = write_csv(next(batches(settings)), given.out)
    except ValueError as problem:
        parser.error(str(problem))
    except OSError as problem:
        print(f"cannot write: {problem}", file=sys.stderr)
        return 1
    for path in files:
        print(f"{path}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
