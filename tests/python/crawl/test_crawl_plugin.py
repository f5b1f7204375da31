"""The dbt-duckdb plugin, in the adapter's own environment, and under dbt itself."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment
from dbt.adapters.duckdb.utils import SourceConfig
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import reset_invocation_id

from refugee_adaptation.crawl import keys, plugin, study
from refugee_adaptation.crawl.keys import KEY_VARIABLE, SAMPLE_KEY, choose_key
from refugee_adaptation.crawl.sheets import CrawlError

(STUDY,) = study.LAYOUTS
HEADER = ",".join(STUDY.columns)
RECORD = ",".join("x" for _ in STUDY.columns)
TABLES = ("files", "posts", "comments")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a bundled sample of one post and a crawl of two."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    for name, posts in {"seeds/sample": 1, "crawl": 2}.items():
        (tmp_path / name).mkdir(parents=True)
        path = tmp_path / name / "posts.csv"
        path.write_text("\n".join([HEADER, *[RECORD] * posts]))
    return tmp_path


def environment(crawl, path="adaptation.duckdb"):
    credentials = DuckDBCredentials.from_dict(
        {
            "path": path,
            "database": Path(path).stem.strip(":"),
            "schema": "main",
            "attach": [{"path": ":memory:", "alias": "crawl"}],
            "plugins": [
                {
                    "module": "refugee_adaptation.crawl.plugin",
                    "alias": "crawl",
                    "config": {"crawl": crawl},
                }
            ],
        }
    )
    return LocalEnvironment(credentials)


def source(table):
    return SourceConfig(
        name=table,
        identifier=table,
        schema="main",
        database="crawl",
        meta={"plugin": "crawl"},
        tags=[],
    )


def query(env, sql):
    return env.handle().cursor().execute(sql).fetchall()


def pad_of(env):
    return query(env, "select getvariable('pseudonym_inner_pad')")[0][0]


def key_of(env):
    """The key that the pad was made of (RFC 2104), where it has at most 64 bytes."""
    return bytes(byte ^ 0x36 for byte in pad_of(env)).rstrip(b"\0").decode()


# sources ---------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_a_database_may_not_take_the_name_of_the_memory():
    with pytest.raises(RuntimeError, match=r"crawl\.duckdb cannot have the name"):
        environment("crawl", path="crawl.duckdb").handle()


def test_every_table_becomes_a_source(project):
    env = environment(str(project / "crawl"))
    for table in TABLES:
        env.load_source("crawl", source(table))
    counts = [
        query(env, f"select count(*) from crawl.{table}")[0][0] for table in TABLES
    ]
    assert counts == [1, 2, 0]
    types = query(
        env,
        "select distinct data_type, column_name = '_row_number' "
        "from duckdb_columns() where database_name = 'crawl'",
    )
    assert sorted(types) == [("BIGINT", True), ("VARCHAR", False)]


@pytest.mark.usefixtures("project")
def test_threads_read_the_crawl_once(monkeypatch):
    reads = []
    read = plugin.read_crawl

    def counting(setting, columns, tell):
        reads.append(setting)
        return read(setting, columns, tell)

    monkeypatch.setattr(plugin, "read_crawl", counting)
    env = environment("crawl")
    with ThreadPoolExecutor(len(TABLES)) as pool:
        list(pool.map(lambda x: env.load_source("crawl", source(x)), TABLES))
    assert reads == ["crawl"]
    assert query(env, "select count(*) from crawl.posts") == [(2,)]


def test_another_invocation_reads_the_crawl_anew(project):
    env = environment("crawl")
    env.load_source("crawl", source("posts"))
    (project / "crawl/posts.csv").write_text(HEADER)
    env.load_source("crawl", source("posts"))
    assert query(env, "select count(*) from crawl.posts") == [(2,)]
    reset_invocation_id()
    env.load_source("crawl", source("posts"))
    assert query(env, "select count(*) from crawl.posts") == [(0,)]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("blank", ["", None])
def test_the_bundled_sample_is_the_default(blank):
    env = environment(blank)
    env.load_source("crawl", source("posts"))
    assert query(env, "select count(*) from crawl.posts") == [(1,)]


def test_a_list_and_a_number_are_settings_too(project):
    (project / "2025").mkdir()
    (project / "2025/more.csv").write_text(HEADER + "\n" + RECORD)
    for crawl, expected in ((["crawl", "2025"], 3), (2025, 1)):
        env = environment(crawl)
        env.load_source("crawl", source("posts"))
        assert query(env, "select count(*) from crawl.posts") == [(expected,)]
        env.close()


@pytest.mark.usefixtures("project")
def test_the_environment_names_a_crawl_and_the_profile_another(monkeypatch):
    monkeypatch.setenv("ADAPTATION_CRAWL", "crawl")
    for setting, expected in ((None, 2), ("seeds/sample", 1)):
        env = environment(setting)
        env.load_source("crawl", source("posts"))
        assert query(env, "select count(*) from crawl.posts") == [(expected,)]
        env.close()


@pytest.mark.usefixtures("project")
def test_an_unknown_table_is_refused():
    with pytest.raises(
        DbtRuntimeError, match="no table `notes`; expected one of files"
    ):
        environment("crawl").load_source("crawl", source("notes"))


@pytest.mark.usefixtures("project")
def test_a_crawl_that_cannot_be_read_is_dbts_own_error():
    with pytest.raises(DbtRuntimeError, match="`nowhere` does not exist"):
        environment("nowhere").load_source("crawl", source("posts"))


def test_hostile_text_reaches_sql_to_the_letter(project):
    text = "'; drop table x; -- \x00 \u202e 😀 \ufffd"
    path = project / "crawl/posts.csv"
    path.write_text(f"{HEADER}\n{text}{RECORD[1:]}\n")
    env = environment("crawl")
    env.load_source("crawl", source("posts"))
    assert query(env, "select post_id from crawl.posts") == [(text,)]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("flags", "is_read"),
    [
        ({"WHICH": "build"}, True),
        ({"WHICH": "run", "SELECT": ()}, True),
        ({"WHICH": "build", "SELECT": ("fct_posts",)}, False),
        ({"WHICH": "show"}, False),
        ({}, False),
    ],
)
def test_a_whole_build_reads_the_crawl_before_the_first_model(
    monkeypatch, flags, is_read
):
    monkeypatch.setattr(plugin, "get_flags", lambda: SimpleNamespace(**flags))
    env = environment("nowhere")
    if is_read:
        with pytest.raises(RuntimeError, match=r"^The crawl `nowhere` does not exist"):
            env.handle()
    else:
        assert query(env, "select 1") == [(1,)]


# the key ---------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_the_sample_has_a_public_key():
    for crawl in ("", "seeds/sample", "./seeds/sample/"):
        assert key_of(environment(crawl)) == SAMPLE_KEY
    assert not Path("adaptation.duckdb.key").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "crawl", ["crawl", "seeds/sample/posts.csv", ["seeds/sample", "crawl"]]
)
def test_a_crawl_of_ones_own_has_a_random_key_that_is_kept(crawl):
    first = environment(crawl)
    key = key_of(first)
    assert len(key) == 64
    assert key_of(first) == key
    first.close()
    kept = Path("adaptation.duckdb.key")
    assert kept.read_text().strip() == key
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert key_of(environment(crawl)) == key
    assert key_of(environment(crawl, "other.duckdb")) != key


@pytest.mark.usefixtures("project")
def test_every_cursor_of_every_thread_has_the_key():
    env = environment("crawl")
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: key_of(env), range(32)))
    assert len(found) == 1
    assert len(found.pop()) == 64


@pytest.mark.usefixtures("project")
def test_the_key_is_not_in_the_database():
    env = environment("crawl")
    key, pad = key_of(env).encode(), pad_of(env)
    for table in TABLES:
        env.load_source("crawl", source(table))
    query(
        env,
        "create table hashes as select sha256(getvariable('pseudonym_inner_pad')) as h",
    )
    query(env, "checkpoint")
    env.close()
    kept = Path("adaptation.duckdb").read_bytes()
    assert key not in kept
    assert pad not in kept


@pytest.mark.parametrize("crawl", ["", "crawl"])
def test_a_given_key_comes_first(project, monkeypatch, crawl):
    monkeypatch.setenv(KEY_VARIABLE, " a key that somebody chose ")
    assert key_of(environment(crawl)) == "a key that somebody chose"
    assert not (project / "adaptation.duckdb.key").exists()


@pytest.mark.usefixtures("project")
def test_a_database_in_memory_has_a_key_of_its_own(monkeypatch):
    monkeypatch.setattr(keys, "_kept_key", lambda _: pytest.fail("kept"))
    assert key_of(environment("crawl", ":memory:")) != key_of(
        environment("crawl", ":memory:")
    )


def test_a_key_that_others_could_read_is_theirs_no_more(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    database = str(tmp_path / "x.duckdb")
    told: list[str] = []
    key = choose_key(is_sample=False, database=database, tell=told.append)
    kept = tmp_path / "x.duckdb.key"
    kept.chmod(0o644)
    assert choose_key(is_sample=False, database=database, tell=told.append) == key
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [sentence.split(":")[0] for sentence in told] == [
        f"Others could read the key `{kept}`"
    ]


def test_a_weak_or_damaged_key_is_refused(project, monkeypatch):
    database = str(project / "x.duckdb")
    (project / "x.duckdb.key").write_text("")
    with pytest.raises(CrawlError, match="is damaged"):
        choose_key(is_sample=False, database=database)
    with pytest.raises(CrawlError, match="cannot be kept"):
        choose_key(is_sample=False, database=str(project / "no" / "x.duckdb"))
    with pytest.raises(CrawlError, match="no local file"):
        choose_key(is_sample=False, database="md:adaptation")
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(CrawlError, match="has 5 characters"):
        choose_key(is_sample=True, database=database)


@pytest.mark.usefixtures("project")
def test_an_unusable_key_stops_the_connection(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(RuntimeError, match="has 5 characters"):
        environment("crawl").handle()


# under dbt -------------------------------------------------------------------------

PROJECT_FILES = {
    "dbt_project.yml": """
name: tried
profile: tried
model-paths: [models]
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
tried:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: tried.duckdb
      threads: 4
      attach: [{path: ":memory:", alias: crawl}]
      plugins:
        - module: refugee_adaptation.crawl.plugin
          alias: crawl
          config:
            crawl: "{{ var('crawl', '') }}"
""",
    "models/sources.yml": """
sources:
  - name: crawl
    database: crawl
    schema: main
    config: {meta: {plugin: crawl}}
    tables: [{name: files}, {name: posts}, {name: comments}]
""",
    "models/a.sql": "select * from {{ source('crawl', 'posts') }}",
    "models/b.sql": "select * from {{ source('crawl', 'comments') }}",
    "models/c.sql": "select * from {{ source('crawl', 'files') }}",
}


def dbt(*arguments, **environment_variables):
    return subprocess.run(
        [Path(sys.executable).with_name("dbt"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment_variables,
    )


@pytest.mark.pipeline
def test_a_build_says_what_it_read_or_stops_with_one_sentence(project):
    for name, text in PROJECT_FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)

    built = dbt("build", "--vars", "crawl: crawl")
    assert built.returncode == 0, built.stdout
    assert built.stdout.count("The crawl holds:") == 1
    assert "posts.csv  study   posts      2" in built.stdout
    # the tables one by one are in the log, not on the terminal
    assert "START" not in built.stdout
    log = (project / "logs/dbt.log").read_text()
    assert log.index("The crawl holds:") < log.index("START")
    key = (project / "tried.duckdb.key").read_text().strip()
    for path in project.rglob("*"):
        if path.is_file() and path.name != "tried.duckdb.key":
            assert key.encode() not in path.read_bytes(), path

    (project / "crawl/unknown.json").write_text('{"a": 1}')
    # parsed anew after --vars; then the crawl changes without that
    dbt("parse")
    stopped = dbt("build", ADAPTATION_CRAWL="crawl")
    assert "Unable to do partial parsing" not in stopped.stdout
    assert stopped.returncode == 2
    assert stopped.stdout.count("`unknown.json`") == 1
    assert "START" not in stopped.stdout
    assert "Traceback" not in stopped.stdout + stopped.stderr
