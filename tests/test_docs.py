"""The documentation: what is marked to run does run, the site is built without a warning, and it asks for nothing."""

import json
import re
import shlex
import shutil
import tomllib
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from paths import ROOT

from obstacles.cli.demo import examples_folder
from obstacles.cli.main import COMMANDS, cli
from obstacles.survey.loading.register import NAME as REGISTER

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"(?:<!-- (run|prints) -->\n)?```(\w+)\n(.*?)```", re.S)


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda path: path.stem)
def test_what_is_marked_to_run_runs_and_prints_what_the_page_shows(page, tmp_path, monkeypatch):
    for name in ("big-data-obstacles", "eurostat-ai"):
        shutil.copytree(examples_folder() / name, tmp_path / "obstacles-demo" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    printed, ran = "", 0
    for mark, kind, text in blocks(page):
        if mark == "prints":
            assert " ".join(text.split()) in " ".join(printed.split())
        elif mark == "run" and kind == "python":
            exec(compile(text, page.name, "exec"), {"__name__": "tutorial"})
            ran += 1
        elif mark == "run":
            assert kind == "sh"
            for line in text.splitlines():
                program, *words = shlex.split(line)
                assert program == "obstacles"
                result = CliRunner().invoke(cli, words)
                assert result.exit_code == 0, (line, result.output)
                printed = result.stdout
                ran += 1
    assert ran


@pytest.mark.parametrize(
    "page",
    [*TUTORIALS, ROOT / "README.md", ROOT / "docs" / "from-your-export.md", ROOT / "docs" / "questionnaire.md"],
    ids=lambda p: p.stem,
)
def test_commands_and_options_that_are_shown_exist(page):
    shown = 0
    for _mark, kind, text in blocks(page):
        for line in text.splitlines() if kind == "sh" else ():
            words = shlex.split(line, comments=True)
            if words[:1] != ["obstacles"]:
                continue
            command = cli.get_command(None, words[1])
            assert words[1] in COMMANDS, line
            known = {name for one in command.params for name in one.opts}
            assert {word.split("=")[0] for word in words[2:] if word.startswith("-")} <= known, line
            shown += 1
    assert shown > 2


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda path: path.stem)
def test_keys_of_study_files_that_are_shown_exist(page):
    from obstacles.survey.studyfile.read import json_schema

    schema = json_schema()
    for _mark, kind, text in blocks(page):
        if kind == "toml":
            known_keys(tomllib.loads(text), schema, schema["$defs"])


def known_keys(found, schema, defs):
    """Hold every key of a table against the schema of the table."""
    schema = resolved(schema, defs)
    if isinstance(found, list):
        for one in found:
            known_keys(one, schema.get("items", {}), defs)
    if isinstance(found, dict) and "properties" in schema:
        assert set(found) <= set(schema["properties"])
        for name, one in found.items():
            known_keys(one, schema["properties"][name], defs)


def resolved(schema, defs):
    if "$ref" in schema:
        return resolved(defs[schema["$ref"].rsplit("/", 1)[1]], defs)
    for one in schema.get("anyOf", ()):
        if "$ref" in one or one.get("type") == "array":
            return resolved(one, defs)
    return schema


PROSE = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "tests" / "golden" / "README.md"])


@pytest.mark.parametrize("page", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_tests_files_and_modules_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    tests = set(re.findall(r"(?<![\w/])(?:tests/)?((?:\w+/)*test_\w+)", text))
    assert [name for name in sorted(tests) if not (ROOT / "tests" / f"{name}.py").is_file()] == []
    rooms = "survey|analysis|reports|obstacles|tests|benchmarks|docs|examples"
    paths = set(re.findall(rf"`((?:{rooms})/[\w./-]+)`", text))
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
    programs = set(re.findall(r"`?python -m ((?:benchmarks|obstacles)[\w.]*)", text))
    modules = programs | set(re.findall(r"`(obstacles(?:\.[a-z_]+)+)`", text))
    files = {REGISTER, f"{REGISTER}.old"}  # called as a module would be
    assert [name for name in sorted(modules - files) if not named(name)] == []


def named(name):
    """Whether there is a module of this name, or a module with this public name in it."""
    folder = ROOT.joinpath(*name.split("."))
    if folder.is_dir() or folder.with_suffix(".py").is_file():
        return True
    import obstacles

    room, _dot, last = name.rpartition(".")
    return room == "obstacles" and last in obstacles.__all__


def test_every_test_of_another_program_is_named_in_full():
    """The column of tests of docs/validation.md, without which the table would show nothing."""
    table = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8").partition("## Against the definition")[0]
    rows = [line.split("|")[-2].split(", ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [test for tests in rows for test in tests if not re.fullmatch(r"\w+/\w+/test_\w+", test.strip())] == []


# ---------- the site --------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """What a page asks for, what it links to, and the places in it."""

    def __init__(self, html):
        super().__init__()
        self.asked, self.links, self.ids, self.images = [], [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            self.ids.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("script", "img", "iframe") and found.get("src"):
            self.asked.append(found["src"])
        if tag == "link" and found.get("rel") != "canonical":
            self.asked.append(found["href"])
        if tag == "img":
            self.images.append(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built without the network as `make docs` does; page -> its links."""
    pytest.importorskip("mkdocs", reason="the extra [docs] is not installed")
    import logging

    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    target = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        patch.chdir(ROOT)
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(target), strict=True)
        build(config)
    logging.getLogger("mkdocs").handlers.clear()
    return {
        path.relative_to(target).as_posix(): Links(path.read_text("utf-8")) for path in target.rglob("*.html")
    }, target


@pytest.mark.filterwarnings("default")
def test_every_link_leads_somewhere(site):
    pages, target = site
    checked = 0
    for name, page in pages.items():
        if name == "404.html":
            continue
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            place, _hash, anchor = link.partition("#")
            path = (target / name).parent / place if place else target / name
            path = path.resolve()
            assert path.exists(), (name, link)
            if anchor and path.suffix == ".html":
                assert anchor in pages[path.relative_to(target.resolve()).as_posix()].ids, (name, link)
            checked += 1
    assert checked > 200


@pytest.mark.filterwarnings("default")
def test_no_page_asks_for_anything_from_elsewhere(site):
    pages, target = site
    assert len(pages) > 10
    for name, page in pages.items():
        assert not [one for one in page.asked if re.match(r"(https?:)?//", one)], name
    for sheet in target.rglob("*.css"):
        assert not re.search(r"(url\(|@import )[\"']?(https?:)?//", sheet.read_text("utf-8")), sheet


@pytest.mark.filterwarnings("default")
def test_pages_that_are_made_have_every_table_command_name_and_picture(site):
    import obstacles
    from obstacles.survey.studyfile.read import json_schema

    pages, target = site
    text = {name: (target / name).read_text("utf-8") for name in pages}
    for key in json_schema()["properties"]:
        assert f"<code>{key}</code>" in text["reference/study-file.html"]
    for command in COMMANDS:
        assert f"obstacles {command}" in text["reference/commands.html"]
    for name in set(obstacles.__all__) - {"__version__"}:
        assert f"obstacles.{name}" in text["reference/api.html"]
    shown = json.loads((ROOT / "docs" / "pictures" / "pages.json").read_text("utf-8"))
    images = pages["gallery.html"].images
    assert len(images) == sum(map(len, shown.values()))
    assert all(len(one["alt"]) > 20 for one in images)


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert len(pictures) > 15
    assert max(path.stat().st_size for path in pictures) < 80_000
    assert sum(path.stat().st_size for path in pictures) < 1_200_000


def test_links_of_the_first_page_lead_somewhere():
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / "README.md").read_text("utf-8"))
    assert links
    for link in links:
        if not re.match(r"[a-z]+:", link):
            assert (ROOT / link).exists(), link


def test_registries_and_folders_that_contributors_are_told_of_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    registries = re.findall(r"`([A-Z]+)` in `([\w/]+\.py)`", text)
    assert len(registries) > 8
    for name, path in registries:
        assert re.search(rf"^{name}\b.*=", (ROOT / path).read_text(encoding="utf-8"), re.M), (name, path)
    tree = text.split("```")[1]
    rooms = re.findall(r"^([a-z]+)/.*\n((?:  .*\n)+)", tree, re.M)
    for room, folders in rooms:
        for line in folders.splitlines():
            for folder in re.findall(r"(\w+)/", line.split("   ")[0]):
                assert (ROOT / room / folder).is_dir(), (room, folder)
    assert {room for room, _folders in rooms} >= {"survey", "analysis", "reports"}
