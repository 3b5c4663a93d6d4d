"""Publication to object storage, against moto's server: whole versions, one winner, old versions by a rule, errors."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import cli
from orchestration.quality import history
from orchestration.settings import Settings, SettingsError, kept_versions, load_settings
from orchestration.store import object_store, publication
from orchestration.store.object_store import MANIFEST, POINTER, Remote, open_remote
from orchestration.store.publication import Publication
from orchestration.store.published import PublicationError
from tests.faults.support import check_result, runs_in, settings_in, small_build

obstore = pytest.importorskip("obstore")
pytest.importorskip("moto.server")

from tests.serve.s3 import BUCKET, S3, serve_s3  # noqa: E402 - needs moto

pytestmark = pytest.mark.serve


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with serve_s3() as served:
        yield served


@pytest.fixture
def url(s3: S3, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An address of its own for each test, and the environment of a client."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{request.node.name.split('[')[0]}"


def settings_at(base: Path, url: str) -> Settings:
    return dataclasses.replace(settings_in(base), remote=url)


def opened(settings: Settings) -> Remote:
    remote = open_remote(settings)
    assert remote is not None
    return remote


def publish(settings: Settings, figures: int, keep: int = 30) -> Publication:
    """A new build of that many figures, published; `pipeline.publish` does the same after the models."""
    remote = opened(settings)
    before = remote.latest()
    small_build(settings.build_file, figures)
    made = publication.publish(
        settings.build_file, settings.history_file, settings.published_file, before.version if before else None
    )
    return dataclasses.replace(made, messages=(*made.messages, *remote.publish(made, keep)))


def figures_of(remote: Remote) -> tuple[str, int, int]:
    """What a reader gets: the version, the figures that it announces and those that are there."""
    from obstore.fsspec import FsspecStore

    files = FsspecStore("s3")
    path = f"{remote.url}/{json.loads(files.cat_file(f'{remote.url}/{POINTER}'))['path']}/parquet"
    with duckdb.connect() as connection:
        connection.register_filesystem(files)
        version, announced, found = connection.execute(
            f"select version, figures, (select count(*) from read_parquet('{path}/core.figures.parquet')) "
            f"from read_parquet('{path}/quality.publication.parquet')"
        ).fetchall()[0]
    return version, announced, found


def names(remote: Remote) -> list[str]:
    return sorted(entry["path"] for batch in obstore.list(remote.store) for entry in batch)


def test_a_version_is_whole_and_read_by_duckdb_and_polars(url: str, tmp_path: Path) -> None:
    import polars as pl

    settings = settings_at(tmp_path, url)
    made = publish(settings, 100)
    remote = opened(settings)
    assert figures_of(remote) == (made.version, 100, 100)
    pointer = remote.latest()
    assert pointer and pointer.version == made.version
    place = f"{url}/versions/{made.version}"
    assert pl.scan_parquet(f"{place}/parquet/core.figures.parquet").select(pl.len()).collect().item() == 100
    assert remote.verify() == []
    assert set(remote.manifest(pointer)) == {
        "ai_figures.duckdb", "datapackage.json",
        *(f"parquet/{path.name}" for path in (settings.published / "parquet").glob("*.parquet")),
    }  # fmt: skip
    obstore.put(remote.store, f"versions/{made.version}/datapackage.json", b"{}")
    assert [problem.partition(" is not")[0] for problem in remote.verify()] == [f"{place}/datapackage.json"]


def test_readers_see_whole_versions_only(url: str, tmp_path: Path) -> None:
    """Four readers through six publications: each answer is of one version, and none goes back."""
    settings = settings_at(tmp_path, url)
    publish(settings, 10)
    remote, ended, wrong = opened(settings), threading.Event(), list[Any]()
    answers = [0] * 4

    def read(reader: int) -> None:
        last = ""
        while not ended.is_set():
            try:
                version, announced, found = figures_of(remote)
                if announced != found or version < last:
                    wrong.append((version, announced, found, last))
                last = version
                answers[reader] += 1
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read, args=[number]) for number in range(4)]
    for reader in readers:
        reader.start()
    for figures in range(20, 80, 10):
        publish(settings, figures, keep=1)
    ended.set()
    for reader in readers:
        reader.join()
    assert not wrong and min(answers) > 0


def test_of_many_publishers_the_newest_wins_and_the_others_are_told(url: str, tmp_path: Path) -> None:
    """At one moment, from machines that do not know of each other."""
    made = []
    for number in range(4):
        settings = settings_at(tmp_path / str(number), url)
        small_build(settings.build_file, 10 + number)
        made.append(
            (settings, publication.publish(settings.build_file, settings.history_file, settings.published_file))
        )
    start, lost = threading.Barrier(4), list[str]()

    def upload(settings: Settings, published: Publication) -> None:
        start.wait()
        try:
            opened(settings).publish(published, 30)
        except PublicationError as error:
            lost.append(str(error))

    threads = [threading.Thread(target=upload, args=each) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = max(published.version for _, published in made)
    assert figures_of(opened(made[0][0])) == (newest, 13, 13)
    assert all("another publisher has put" in text and "is newer than our" in text for text in lost)
    with pytest.raises(PublicationError, match="another publisher has put"):  # long after
        late = dataclasses.replace(made[0][1], version="20200101T000000.000000Z")
        (made[0][0].published / f".parquet.{made[0][1].version}").rename(
            made[0][0].published / f".parquet.{late.version}"
        )
        opened(made[0][0]).publish(late, 30)


def test_the_clock_may_go_back(url: str, tmp_path: Path) -> None:
    """The version is greater than that of the pointer, which another machine has set."""
    settings = settings_at(tmp_path, url)
    publish(settings, 10)
    future = json.loads(bytes(obstore.get(opened(settings).store, POINTER).bytes()))
    future["version"] = "20990101T000000.000000Z"
    obstore.put(opened(settings).store, POINTER, json.dumps(future).encode())
    assert publish(settings, 11).version == "20990101T000000.000001Z"


@pytest.mark.parametrize("where", ["parquet/core.figures.parquet", MANIFEST, POINTER])
def test_an_upload_that_breaks_off_changes_nothing_for_readers(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    url = f"{url}-{where.replace('/', '-')}"
    settings = settings_at(tmp_path, url)
    first = publish(settings, 10)
    put = obstore.put

    def broken(store: Any, path: str, *rest: Any, **more: Any) -> Any:
        if path.endswith(where):
            raise ConnectionError("the network is gone")
        return put(store, path, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", broken)
        with pytest.raises(PublicationError, match="the network is gone"):
            publish(settings, 11)
    assert figures_of(opened(settings)) == (first.version, 10, 10)
    assert figures_of(opened(settings))[0] < publish(settings, 12).version
    assert figures_of(opened(settings))[1:] == (12, 12)


def test_old_versions_go_by_a_rule(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest stay, and whatever was replaced less than a day ago; a half one goes when it is as old."""
    settings = settings_at(tmp_path, url)
    remote = opened(settings)
    versions = [publish(settings, figures, keep=2).version for figures in (10, 11, 12)]
    assert {name.split("/")[1] for name in names(remote) if name != POINTER} == set(versions)

    obstore.put(remote.store, "versions/20200101T000000.000000Z/parquet/half.parquet", b"half")
    monkeypatch.setattr(object_store, "READING_TIME", timedelta(seconds=-1))
    last = publish(settings, 13, keep=2)
    assert {name.split("/")[1] for name in names(remote) if name != POINTER} == {versions[2], last.version}
    assert any(f"removed versions before the 2 newest: {versions[0]}, {versions[1]}" in m for m in last.messages)
    assert remote.verify() == []


def test_a_new_machine_goes_on_with_the_history_of_checks(url: str, tmp_path: Path) -> None:
    settings = settings_at(tmp_path / "old", url)
    small_build(settings.build_file, 10)
    history.append(settings.history_file, "before", datetime.now(UTC), [check_result()])
    publish(settings, 10)
    other = settings_at(tmp_path / "new", url)
    assert opened(other).fetch(other.published_file)
    made = publish(other, 11)
    assert runs_in(made.file, "quality.check_results") == {"before"}


def test_a_store_that_ignores_conditions_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda store, path, file, mode=None, **more: put(store, path, file, **more))
    with pytest.raises(PublicationError, match="ignores conditional writes"):
        publish(settings_at(tmp_path, url), 10)


def test_what_is_wrong_is_said(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_at(tmp_path, url)
    with pytest.raises(PublicationError, match="s3://nobody-s-bucket: the bucket does not exist"):
        opened(dataclasses.replace(settings, remote="s3://nobody-s-bucket")).latest()
    obstore.put(opened(settings).store, POINTER, b"<html>")
    with pytest.raises(PublicationError, match=r"latest\.json is no pointer of ours"):
        opened(settings).latest()
    with _refusing() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(PublicationError, match=r"refuses these credentials .* s3:PutObject"):
            opened(settings).latest()
    for names_ in object_store._CREDENTIALS:
        for name in names_:
            monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="there are no credentials for it: set AWS_ACCESS_KEY_ID"):
        open_remote(settings)


def test_a_build_without_credentials_ends_before_it_begins(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", url)
    monkeypatch.setenv("AI_FIGURES_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert cli.main(["build"]) == 1
    assert "there are no credentials for it" in capsys.readouterr().err
    assert not (tmp_path / "state" / "build").exists()


@pytest.mark.parametrize("address", ["s3://", "s3://B/x", "gs://bucket/x", "s3://bucket/a b", "https://host/x"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", address)
    with pytest.raises(SettingsError, match="it is a folder, or s3://bucket/prefix"):
        load_settings()


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No folder `s3:` is made, and what is read here stands beside the build."""
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", "s3://bucket/pre/fix/")
    monkeypatch.setenv("AI_FIGURES_STATE", str(tmp_path))
    settings = load_settings()
    assert settings.remote == "s3://bucket/pre/fix"
    assert settings.published_file == tmp_path / "published" / "warehouse" / "ai_figures.duckdb"
    assert kept_versions() == 30
    monkeypatch.setenv("AI_FIGURES_KEEP_VERSIONS", "0")
    with pytest.raises(SettingsError, match="at least 1"):
        kept_versions()


class _refusing:
    """A server that answers every request with 403."""

    def __enter__(self) -> int:
        class Refuse(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_error(403)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Refuse)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
