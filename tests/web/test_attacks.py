"""The attack list of the design: what other pages, other people and files might try."""

from __future__ import annotations

import asyncio
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest_web import GRID, PORT, words

from obstacles.web.guard import Guard, TooLargeError, TooSlowError, _bounded
from obstacles.web.identity import Doorkeeper
from obstacles.web.uploads import UnfitError, check_kind, safe_name

OTHER = {"sec-fetch-site": "cross-site"}


# ---------- who asks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:9", f"127.0.0.1:{PORT}.evil.example", ""]
)
def test_another_host_is_refused(demo: Any, host: str) -> None:
    answer = demo.get("ranking", headers={"host": host})
    assert answer.status_code == 421
    assert demo.web.prefix not in answer.text


def test_two_hosts_are_refused() -> None:
    assert asyncio.run(_status([(b"host", b"127.0.0.1:8000"), (b"host", b"evil.example")])) == 421


async def _status(headers: list[tuple[bytes, bytes]]) -> int:
    seen: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = scope.get("obstacles.refused", (200, ""))[0]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        seen.extend([message["status"]] if "status" in message else [])

    from obstacles.web.log import Log

    guard = Guard(app, hosts=["127.0.0.1:8000"], prefix="p", door=Doorkeeper(), cookie="c", log=Log(None))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/p/",
        "raw_path": b"/p/",
        "query_string": b"",
        "headers": headers,
    }
    await guard(scope, _nothing, send)
    return seen[0]


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},  # another port of this computer: the cookie goes along
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "http://evil.example"},
        {"sec-fetch-site": "", "origin": "http://127.0.0.1:9"},
        {"sec-fetch-site": "", "origin": "null"},
        {"sec-fetch-site": ""},  # neither of both
    ],
)
def test_a_form_of_another_page_changes_nothing(page: Any, headers: dict[str, str]) -> None:
    page.drop(("staff.csv", GRID.encode()))
    before = page.study.text
    for name in ("answers", "privacy", "file", "undo", "delete", "columns"):
        assert page.post(name, {"id": "study.sampling", "value": "census"}, headers=headers).status_code == 403
    assert page.client.post(f"{page.root}/stop", headers=headers).status_code == 403
    assert page.study.text == before
    assert not page.web.stopping


def test_an_older_browser_of_ours_may_send_origin_alone(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    headers = {"sec-fetch-site": "", "origin": f"http://127.0.0.1:{PORT}"}
    assert page.post("answers", {"id": "study.sampling", "value": "census"}, headers=headers).status_code == 200


@pytest.mark.parametrize("dest", ["image", "script", "iframe", "style", "empty", "object"])
@pytest.mark.parametrize("name", ["ranking.json", "ranking", "figure/ranking.svg", "files"])
def test_nothing_is_fetched_into_another_page(demo: Any, dest: str, name: str) -> None:
    assert demo.get(name, headers={**OTHER, "sec-fetch-dest": dest}).status_code == 403


def test_the_token_opens_once_and_for_a_minute(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from obstacles.web import identity

    page.client.cookies.clear()
    token = page.web.door.token()
    assert page.client.get("/open?token=guess").status_code == 401
    assert page.client.get(f"/open?token={token}").status_code == 200
    assert page.client.get(f"/open?token={token}").status_code == 401
    late = page.web.door.token()
    now = identity.time.monotonic()
    monkeypatch.setattr(identity.time, "monotonic", lambda: now + 61)
    assert page.client.get(f"/open?token={late}").status_code == 401


def test_the_cookie_is_of_the_page_alone(page: Any) -> None:
    page.client.cookies.clear()
    page.client.follow_redirects = False
    answer = page.client.get(f"/open?token={page.web.door.token()}", headers={"sec-fetch-site": "none"})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert {"httponly", "samesite=strict", f"path=/{page.web.prefix}/"} <= set(re.split(r";\s*", cookie))


def test_without_a_cookie_or_with_a_wrong_or_old_one_nothing_is_shown(page: Any) -> None:
    page.sample()
    good = page.client.cookies.get(page.web.cookie)
    for value in ("", "guess", f"{good}x"):
        page.client.cookies.clear()
        headers = {"cookie": f"{page.web.cookie}={value}"}
        answer = page.get("ranking", headers=headers)
        assert answer.status_code == 401
        assert "Inadequate" not in answer.text
    page.web.door.end()  # a program that has stopped
    assert page.get("ranking", headers={"cookie": f"{page.web.cookie}={good}"}).status_code == 401


def test_reading_changes_nothing(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    before = page.study.text
    for name in ("answers", "undo", "redo", "delete", "columns", "remedy", "keep", "mode", "question"):
        assert page.get(name, params={"was": page.study.was, "value": "census"}).status_code in (404, 405), name
    assert page.client.get(f"{page.root}/stop").status_code in (404, 405)
    assert page.study.text == before


def test_every_answer_carries_the_headers(demo: Any) -> None:
    answers = [demo.get(name) for name in ("ranking", "ranking.json", "nowhere", "study.toml")]
    answers.append(demo.client.get("/", headers={"host": "evil.example"}))
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
    policy = answers[0].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


# ---------- bodies --------------------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_refused_before_it_is_read(page: Any) -> None:
    headers = {"content-length": str(10**10), "content-type": "multipart/form-data; boundary=x"}
    assert page.client.post(f"{page.root}/studies", headers=headers, content=b"").status_code == 413
    assert page.web.workspace.studies() == []


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "9" * 40])
def test_a_length_that_is_none_is_refused(page: Any, length: str) -> None:
    headers = {"content-length": length, "content-type": "application/x-www-form-urlencoded"}
    assert page.client.post(f"{page.root}/sample", headers=headers, content=b"").status_code in (400, 413)


def test_a_body_without_a_length_is_counted_and_has_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    from obstacles.web import guard

    async def endless() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 2**20, "more_body": True}

    async def silent() -> dict[str, Any]:
        await asyncio.sleep(5)
        raise AssertionError

    async def read(receive: Any) -> None:
        bounded = _bounded({"headers": []}, receive)
        for _turn in range(100):
            await bounded()

    with pytest.raises(TooLargeError):
        asyncio.run(read(endless))
    monkeypatch.setattr(guard, "PACE", 0.05)
    with pytest.raises(TooSlowError):
        asyncio.run(read(silent))


def test_forms_of_too_many_parts_or_without_an_end_leave_nothing(page: Any) -> None:
    many = (
        "".join(f'--x\r\nContent-Disposition: form-data; name="a{i}"\r\n\r\n1\r\n' for i in range(3_000)) + "--x--\r\n"
    )
    for body in (many, many[:200], "--y\r\n", ""):
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = page.client.post(f"{page.root}/studies", headers=headers, content=body.encode())
        assert 400 <= answer.status_code < 500
        assert page.web.workspace.studies() == []


def test_too_many_files_leave_nothing(page: Any) -> None:
    answer = page.drop(*((f"a{i}.csv", GRID.encode()) for i in range(20)))
    assert 400 <= answer.status_code < 500
    assert page.web.workspace.studies() == []


# ---------- names and contents of files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../../x.csv", "C:\\x.csv", "CON.csv", "con", "a\0b.csv", "x" * 4000 + ".csv", "\u202excsv.exe.csv", "a\r\nb.csv",
     ".hidden", "..", "", "/etc/passwd", "名" * 300 + ".csv", "a/b\\c.csv", "COM1.xlsx", "<b>.csv"],
)  # fmt: skip
def test_names_are_made_here(name: str, tmp_path: Path) -> None:
    made = safe_name(name, [])
    assert re.fullmatch(r"[\w.\-]+", made)
    assert not made.startswith(".")
    assert len(made.encode()) < 255
    assert (tmp_path / made).resolve().parent == tmp_path.resolve()
    assert made.partition(".")[0].upper() not in ("CON", "COM1", "AUX", "NUL")
    assert safe_name(name, [made.upper()]) != made


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def _link() -> bytes:
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = 0o120777 << 16
    return zipped((info, b"/etc/passwd"))


BAD = {
    "pdf.csv": b"%PDF-1.7\n1,2\n",
    "elf.csv": b"\x7fELF,1\n",
    "page.csv": b"<html><script>1</script>",
    "picture.csv": b" <svg xmlns='x'/>",
    "text.xlsx": b"id,a\n1,2\n",
    "zip.csv": zipped(("a.csv", b"1")),
    "program.exe": b"MZ",
    "unknown.bin": b"1,2",
    "bomb.zip": zipped(("a.csv", b"0" * 120_000_000)),
    "many.zip": zipped(*((f"{i}.csv", b"") for i in range(3_000))),
    "out.zip": zipped(("../a.csv", b"1")),
    "absolute.zip": zipped(("/a.csv", b"1")),
    "link.zip": _link(),
    "cut.xlsx": zipped(("a", b"1"))[:20],
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_no_answers_are_not_taken(page: Any, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(UnfitError):
        check_kind(tmp_path / name)
    answer = page.drop((name, BAD[name]))
    assert answer.status_code == 422
    assert "not taken" in answer.text
    assert page.web.workspace.studies() == []


ODD = {
    "sheet.csv": ("a," * 20_000 + "\n" + "1," * 20_000).encode(),
    "long.csv": b"id,q\n1," + b"x" * 140_000,
    "nulls.csv": b"id,q\n\0\0,1\n",
    "wide.csv": "id,q\n1,2\n".encode("utf-16-le"),
    "dtd.xlsx": zipped(("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')),
    "deep.xlsx": zipped(("xl/workbook.xml", b"<a>" * 50_000)),
    "self.gz": b"\x1f\x8b\x08\x00junk",
    "none.csv": b"\n\n\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_end_in_words(page: Any, name: str) -> None:
    answer = page.drop((name, ODD[name]))
    assert answer.status_code in (200, 422), words(answer.text)
    assert "Traceback" not in answer.text
    assert "Something went wrong" not in answer.text, (page.web.workspace.folder / "log.txt").read_text()


EVIL = [
    "<script>alert(1)</script>",
    "</title><b>",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "\u202eabc",
    "\x1b[31mred",
    "'\"><img>",
]


def test_labels_and_names_are_words_and_nothing_else(page: Any) -> None:
    head = ",".join('"' + label.replace('"', '""') + '"' for label in EVIL[:3])
    rows = "\n".join(f"{i},{1 + i % 3},{1 + (i + 1) % 3},{1 + (i + 2) % 3}" for i in range(40))
    page.drop(("<img src=x>.csv", f"id,{head}\n{rows}\n".encode()))
    text = page.study.text
    shown = 0
    for name in ("files", "questions", "ranking", "problems", "items", "method", "file", "reports"):
        answer = page.get(name)
        assert answer.status_code == 200, name
        assert "<script>alert" not in answer.text
        assert "<img src" not in answer.text
        assert "</title><b>" not in answer.text
        shown += "&lt;script&gt;alert" in answer.text
    assert shown >= 3
    assert "49" not in words(page.get("items").text)
    assert page.study.text == text


def _toml(text: str) -> str:
    from obstacles.survey.studyfile.write import quoted

    return quoted(text)


def test_a_table_of_the_ranking_has_no_formulas(page: Any) -> None:
    page.drop(("a.csv", GRID.replace("Cost", "=HYPERLINK(1)").encode()))
    assert page.get("ranking.csv").text.count("'=HYPERLINK") >= 1


# ---------- the study file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/etc/passwd", "../../etc/passwd", "data/../../x.csv", "C:/x.csv", "\\\\host\\x"])
def test_a_study_names_files_of_its_folder_only(page: Any, name: str) -> None:
    page.drop(("staff.csv", GRID.encode()))
    text = page.study.text
    evil = text.replace('"data/staff.csv"', _toml(name))
    assert evil != text
    answer = page.post("file", {"text": evil})
    assert answer.status_code == 422
    assert "root:" not in answer.text
    page.study.study_file.write_text(evil, encoding="utf-8")  # written by another program
    for screen in ("files", "ranking", "problems"):
        assert "root:" not in page.get(screen).text
    assert page.get("ranking").status_code == 422


def test_links_fifos_and_devices_are_not_read(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    data = page.study.folder / "data" / "staff.csv"
    data.unlink()
    data.symlink_to("/etc/passwd")
    assert page.get("ranking").status_code == 422
    data.unlink()
    os.mkfifo(data)
    assert page.get("ranking").status_code == 422


@pytest.mark.parametrize("text", ["a = " + "[" * 1000, "a." * 5000 + "b = 1", "x" * 2_000_000, "a = 1\n" * 10, "\0"])
def test_texts_that_are_no_study_file_are_refused(page: Any, text: str) -> None:
    page.drop(("staff.csv", GRID.encode()))
    before = page.study.text
    assert page.post("file", {"text": text}).status_code in (400, 413, 422)
    assert page.study.text == before
    assert not list(page.study.folder.glob(".try-*"))


# ---------- addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["s/../ranking", "s/..%2f..%2fetc/files", "s/%00/files", "s/aaaaaaaaaa/files", "s/%252e%252e/files",
     "s/" + "a" * 900,
     "static/x/..%2f..%2fapp.py", "static/x/app.py", "s/st_x/files"],
)  # fmt: skip
def test_addresses_lead_nowhere_else(demo: Any, path: str) -> None:
    answer = demo.client.get(f"{demo.root}/{path}")
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize(
    "name", ["../study.toml", "..%2fstudy.toml", "%2fetc%2fpasswd", "x/../../meta.json", "study.toml"]
)
def test_downloads_are_those_that_were_made(page: Any, name: str) -> None:
    page.drop(("staff.csv", GRID.encode()))
    page.post("reports", {"kind": "research", "formats": ["csv"]})
    run = next(iter(page.study.meta["reports"]))
    assert page.get(f"reports/{run}/{name}").status_code == 404
    assert page.get(f"reports/%2e%2e/{name}").status_code == 404


def test_the_job_of_another_study_is_not_shown(page: Any) -> None:
    page.drop(("a.csv", GRID.encode()))
    job = next(iter(page.web.pool.jobs))
    assert page.get(f"jobs/{job}").status_code == 200
    page.drop(("b.csv", GRID.encode()))
    assert page.get(f"jobs/{job}").status_code == 404
    assert page.post(f"jobs/{job}/stop").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["level=2", "level=NaN", "level=1e309", "level=-1", "level=0.5", "level=x", "wave=<b>", "wave=" + "x" * 300,
     "model=<b>",
     "model=none", "wave=%00"],
)  # fmt: skip
def test_words_that_are_none_are_refused(demo: Any, query: str) -> None:
    answer = demo.get(f"ranking?{query}")
    assert answer.status_code in (400, 422)
    assert "<b>" not in answer.text


def test_a_log_has_one_line_for_each_thing(page: Any) -> None:
    page.web.log.say("x", name="a\r\n2026 forged\x1b[2J")
    text = (page.web.workspace.folder / "log.txt").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text


def test_the_log_knows_no_names_and_no_tokens(page: Any) -> None:
    page.drop(("secret-name.csv", GRID.encode()))
    page.client.get("/open?token=abcdef")
    text = (page.web.workspace.folder / "log.txt").read_text(encoding="utf-8")
    assert "study" in text
    assert "secret-name" not in text
    assert "abcdef" not in text
    assert "North" not in text


# ---------- who sees what -------------------------------------------------------------------------------------------


def test_hr_sees_no_cell_and_protected_figures_only(page: Any) -> None:
    marker = "Zx9Qmarker"
    rows = GRID.splitlines()
    page.drop(
        (
            "staff.csv",
            "\n".join([f"{rows[0]},free", *(f"{row},{marker}{i}" for i, row in enumerate(rows[1:]))]).encode(),
        ),
        mode="hr",
    )
    assert 'audience = "organisation"' in page.study.text
    for name in ("files", "questions", "questions/study.sampling", "problems", "problems/0", "ranking", "ranking.json",
                 "items", "capability", "privacy", "method", "reports"):  # fmt: skip
        answer = page.get(name)
        assert answer.status_code == 200, name
        assert marker not in answer.text, name
    assert page.get("models?formula=dept").status_code == 404
    assert page.post("privacy", {"audience": "owner", "min_group": "10"}).status_code == 422
    assert page.post("privacy", {"audience": "public", "min_group": "5"}).status_code == 422
    for query in ("by=dept", "where=dept=North"):  # words that the screen does not know change nothing
        assert page.get(f"ranking.json?{query}").text == page.get("ranking.json").text


def test_the_smallest_group_does_not_shrink_after_publication(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()), mode="researcher")
    page.post("privacy", {"audience": "organisation", "min_group": "12"})
    page.post("reports", {"kind": "research", "formats": ["json"]})
    assert list(page.study.folder.glob("*.register"))
    before = page.study.text
    assert page.post("privacy", {"audience": "organisation", "min_group": "9"}).status_code == 422
    assert page.post("file", {"text": before.replace("min_group = 12", "min_group = 9")}).status_code == 422
    assert page.post("undo", {"back": ""}).status_code == 422
    assert page.study.text == before
    assert page.post("privacy", {"audience": "organisation", "min_group": "15"}).status_code == 200


def test_the_folder_is_the_owners_alone(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()))
    work = page.web.workspace.folder
    looked = 0
    for path in [work, *work.rglob("*")]:
        if "reports" not in path.parts:
            looked += 1
            assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0, path
    assert work.stat().st_mode & 0o777 == 0o700
    assert looked > 6


def test_what_is_not_kept_goes_when_the_program_ends_or_begins_again(page: Any) -> None:
    page.drop(("staff.csv", GRID.encode()), keep="delete")
    page.drop(("kept.csv", GRID.encode()), keep="keep")
    assert len(page.web.workspace.studies()) == 2
    page.web.workspace.clear()
    assert [study.id for study in page.web.workspace.studies()] == [page.study.id]


def test_stopping_ends_every_session(page: Any) -> None:
    page.sample()
    answer = page.client.post(f"{page.root}/stop")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert page.get("ranking").status_code in (401, 503)
