"""Shared fixtures: databases built by `dbt build`, and where the real crawls are."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb
import pytest

from fuzz import compiled
from refugee_adaptation.compiled import Step
from refugee_adaptation.crawl.keys import SAMPLE_KEY, user_pseudonym

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = Path(
    os.environ.get("ADAPTATION_SHARED_DATA", ROOT.parent / "shared" / "data")
)

# the crawls that the pipeline tests build, by the name the tests use
REAL_CRAWLS = {
    "study": "study/tt_refugee_content.csv",
    "sqlite": "mediacrawler/sqlite/sqlite_tables.db",
    "json": "mediacrawler/json",
    "csv_gb18030": "mediacrawler/csv_gb18030",
    "xhs_downloader": "xhs_downloader",
}

# of builds that are compared, the fewest draws that still give every table
FEW_DRAWS = {
    "adaptation_bootstrap_draws": 5,
    "adaptation_gap_draws": 3,
    "adaptation_null_draws": 19,
    "adaptation_profile_draws": 20,
    "cascade_null_draws": 20,
    "community_null_draws": 10,
    "louvain_seeds": 3,
    "prediction_permutations": 9,
    "prediction_repeats": 1,
    "prediction_risk_draws": 50,
    "study_null_draws": 2,
    # p cannot fall below 1 / (draws + 1)
    "topic_alpha": 0.5,
    "topic_replicates": 39,
    "topic_splits": 4,
}


def tables_only(**settings: object) -> tuple[str, ...]:
    """Arguments of a build that is compared: its tests run on every crawl already."""
    return (
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--vars", json.dumps(FEW_DRAWS | settings)),
    )


# crawls of which a test reads figures that the draws decide
WITH_FIGURES = ("sample", "study", "sqlite")

STUDY_HEADER = (
    "title,content,address,label,user_name,user_id,like_count,collect_count,"
    "comment_count,share_count,create_time,post_id,ip_localtion,post_image,post_type\n"
)


def real_crawl(name: str) -> Path:
    """The path of a real crawl; skips the test where it is absent."""
    path = SHARED_DATA / REAL_CRAWLS[name]
    if not path.exists():
        pytest.skip(f"the real crawl {REAL_CRAWLS[name]} is not on this machine")
    return path


def planted_users() -> dict[str, dict[str, str]]:
    """What is true of every user of the sample, by pseudonym; its key is public."""
    with (ROOT / "seeds/sample_truth/users.csv").open(encoding="utf-8") as file:
        return {
            user_pseudonym(row["user_id"], SAMPLE_KEY): row
            for row in csv.DictReader(file)
        }


# of every database that is built here: dbt takes the parse of another build only where
# the path in the profile is the same, so the folder is the home of the process
DATABASE = "crawl.duckdb"
_PARSES = TemporaryDirectory()
_PARSING = Lock()


@cache
def _parsed(variables: str) -> Path:
    folder = Path(_PARSES.name) / str(_parsed.cache_info().misses)
    folder.mkdir()
    done = _dbt("parse", "--warn-error", "--vars", variables, folder=folder)
    if done.returncode != 0:
        raise RuntimeError(f"dbt parse failed:\n{done.stdout}{done.stderr}")
    return folder / "target" / "partial_parse.msgpack"


@cache
def without_network() -> tuple[str, ...]:
    """What begins a command that is to have no network; empty where none can."""
    alone = ("unshare", "--map-root-user", "--net")
    try:
        done = subprocess.run([*alone, "true"], capture_output=True, check=False)
    except OSError:
        return ()
    return alone if done.returncode == 0 else ()


def _dbt(
    *arguments: str, folder: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ADAPTATION_", "DBT_"))
    }
    own = {
        "HOME": str(folder),
        "ADAPTATION_DB": f"~/{DATABASE}",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DO_NOT_TRACK": "1",
        # nobody reads them here, and each costs a build seconds
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_WRITE_JSON": "false",
        "NO_COLOR": "1",
    }
    return subprocess.run(
        [*without_network(), str(Path(sys.executable).with_name("dbt")), *arguments],
        cwd=ROOT,
        env=clean | own | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def run_dbt(
    *arguments: str, database: Path, crawl: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run dbt with its own database, target and log folders; never raises.

    What runs with the same variables shares one parse of the project.
    """
    assert database.name == DATABASE
    variables = "{}"
    if "--vars" in arguments:
        variables = arguments[arguments.index("--vars") + 1]
    with _PARSING:
        settings |= {"DBT_PARTIAL_PARSE_FILE_PATH": str(_parsed(variables))}
    if crawl is not None:
        settings |= {"ADAPTATION_CRAWL": str(crawl)}
    done = _dbt(*arguments, folder=database.parent, **settings)
    assert "Unable to do partial parsing" not in done.stdout
    return done


def build(database: Path, crawl: Path | None, *arguments: str, **settings: str) -> Path:
    """`dbt build` a crawl with every test; fails the test with what dbt said.

    What it said is kept beside the database, in build.log.
    """
    done = run_dbt(
        "build", "--warn-error", *arguments, database=database, crawl=crawl, **settings
    )
    if done.returncode != 0:
        said = done.stdout.splitlines()
        pytest.fail("dbt build failed:\n" + "\n".join(said[-80:]) + done.stderr)
    (database.parent / "build.log").write_text(done.stdout, encoding="utf-8")
    return database


@pytest.fixture(scope="session")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """The SQL from the crawl to its posts, comments and users, compiled once."""
    return compiled(tmp_path_factory.mktemp("compiled"))


def write_tiny_crawls(folder: Path) -> dict[str, Path]:
    """Crawls at the edge: no post at all, and one post."""
    empty = folder / "empty.csv"
    empty.write_text(STUDY_HEADER, encoding="utf-8")
    single = folder / "single.csv"
    single.write_text(
        STUDY_HEADER
        + "Hello,first day here,,tiktokrefugee,someone,6784c2120000000008000001,"
        + "1.2万,10+,3,0,1/14/2025 12:08,6785e3500000000008000001,U.S.,,video\n",
        encoding="utf-8",
    )
    return {"empty": empty, "single": single}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what waits for builds behind what does not, and the browser last.

    The builds run beside the other tests; a browser wants the machine to itself.
    """
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            item.get_closest_marker("pipeline") is not None,
        )
    )


@pytest.fixture(scope="session", autouse=True)
def started_builds(request: pytest.FixtureRequest) -> None:
    """Start the builds at once where a collected test wants one."""
    names = (getattr(item, "fixturenames", ()) for item in request.session.items)
    if any("built" in used for used in names):
        request.getfixturevalue("built")


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Path]]:
    """A function from a crawl's name to its built database; each is built once.

    Names: `sample`, `empty`, `single` and those of `REAL_CRAWLS`. The builds run two at
    a time, because a build is one busy thread.
    """
    folder = tmp_path_factory.mktemp("crawls")
    crawls: dict[str, Path | None] = {"sample": None, **write_tiny_crawls(folder)}
    crawls |= {
        name: SHARED_DATA / path
        for name, path in REAL_CRAWLS.items()
        if (SHARED_DATA / path).exists()
    }
    pool = ThreadPoolExecutor(max_workers=2)
    builds: dict[str, Future[Path]] = {
        name: pool.submit(
            build,
            tmp_path_factory.mktemp(name) / DATABASE,
            crawl,
            *(() if name in WITH_FIGURES else ("--vars", json.dumps(FEW_DRAWS))),
            # unit tests are about the code, and the same on every crawl
            *(("--selector", "everything") if name == "sample" else ()),
            # the examples of the documentation are read from the sample's manifest
            DBT_WRITE_JSON=str(name == "sample").lower(),
        )
        for name, crawl in crawls.items()
    }

    def database_of(name: str) -> Path:
        if name in REAL_CRAWLS:
            real_crawl(name)
        return builds[name].result()

    yield database_of
    pool.shutdown(wait=False, cancel_futures=True)


@pytest.fixture
def query() -> Callable[..., list[tuple[object, ...]]]:
    """A function that answers a query on a database file, read only."""

    def answer(database: Path, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return answer


def rows_of(database: Path, without: str = "^$") -> dict[str, list[tuple[object, ...]]]:
    """The sorted rows of every mart, floats to nine digits, in messages as in columns.

    Averages in SQL may differ in their last digits with the order of the rows.

    Args:
        database: A built database.
        without: A regular expression for columns to leave out.
    """

    def rounded(digits: str) -> float:
        value = float(digits)
        return 0.0 if abs(value) < 1e-12 else float(f"{value:.9g}")

    def plain(value: object) -> object:
        if isinstance(value, float):
            return rounded(repr(value))
        if isinstance(value, str) and value.startswith('{"code"'):
            return json.dumps(json.loads(value, parse_float=rounded))
        return value

    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables "
            "where table_schema = 'main' order by 1"
        ).fetchall()
        return {
            table: sorted(
                (
                    tuple(map(plain, row))
                    for row in connection.execute(
                        "select columns(name -> "
                        f"not regexp_matches(name, '{without}')) from \"{table}\""
                    ).fetchall()
                ),
                key=str,
            )
            for (table,) in tables
        }
