"""Of files with every fault, each row is accepted, rejected or superseded."""

import json

import duckdb
import pytest

from conftest import build

NOTE = {
    "note_id": "",
    "type": "video",
    "title": "made for this test",
    "desc": "made for this test",
    "time": 1736856000000,
    "user_id": "678500400000000000000065",
    "liked_count": "12",
    "collected_count": "1",
    "comment_count": "3",
    "share_count": "0",
}


def note(number):
    return NOTE | {"note_id": f"678651c0{number:016x}"}


def line(number, title='"made"'):
    values = {key: str(value) for key, value in note(number).items()}
    return ",".join((values | {"title": title}).values())


def cut(number):
    return json.dumps(note(number))[:60]


FAULTS = {
    # raw, accepted, rejected, superseded
    "half.jsonl": (
        json.dumps(note(1)) + "\n" + cut(2) + json.dumps(note(3)) + "\n" + cut(4),
        (4, 2, 2, 0),
    ),
    "twice.json": (
        json.dumps([note(5), note(6)]) + json.dumps([note(5)], indent=1),
        (3, 2, 0, 1),
    ),
    "off.json": (json.dumps([note(7), note(8)])[:-1], (3, 2, 1, 0)),
    "quote.csv": (
        "\n".join(
            [
                "sep=,",
                ",".join(NOTE),
                line(9),
                line(10, '"open'),
                line(11),
                "," * (len(NOTE) - 1),
                line(12, '"open'),
            ]
        ),
        (4, 2, 2, 0),
    ),
}


@pytest.mark.pipeline
def test_nothing_is_lost_behind_a_fault(tmp_path):
    folder = tmp_path / "faults"
    folder.mkdir()
    for name, (text, _) in FAULTS.items():
        (folder / name).write_text(text, "utf-8")
    database = build(
        tmp_path / "crawl.duckdb",
        folder,
        *("--select", "+crawl_rows", "--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "buildable"),
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select source_file, raw_count, accepted_count, rejected_count, "
            "superseded_count from crawl_rows"
        ).fetchall()
    assert {name: tuple(counts) for name, *counts in found} == {
        name: counts for name, (_, counts) in FAULTS.items()
    }
