"""The text of a proposed study file: valid TOML whatever the survey's texts hold, and every guess with its evidence."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obstacles.survey.studyfile.attached import as_toml
from obstacles.survey.studyfile.guess import Entry, Guess
from obstacles.survey.studyfile.proposal import Proposal, ProposedItem, ProposedWave
from obstacles.survey.studyfile.write import WIDTH, comment, key, language_of, quoted, study_text, value
from obstacles.text.escape import safe

HOSTILE = "a\"b\\c'''d\n[[wave]]\x1b[31m\x07\u202e\u2028\x7f # x = 1"


def wave(**parts: object) -> ProposedWave:
    given = {
        "id": "1",
        "file": "a.csv",
        "form": "rank_grid",
        "evidence": "98 % of 50 rankings hold 1 to 3, each once",
        "source": "plain table; 50 rows, 3 columns",
        "entries": (),
        "groups": {},
        "notes": (),
    }
    return ProposedWave(**(given | parts))  # type: ignore[arg-type]


def proposal(**parts: object) -> Proposal:
    given = {
        "title": "T",
        "language": "en",
        "question": "",
        "items": (ProposedItem("a", "A", columns={"1": "Q1"}), ProposedItem("b", "B", columns={"1": "Q2"})),
        "waves": (wave(),),
        "direction": None,
        "other": None,
        "quality": (),
        "weights": (),
        "personal": (),
        "comparisons": (),
        "panel": "",
        "more": (),
        "notes": (),
        "folder": Path("."),
    }
    return Proposal(**(given | parts))  # type: ignore[arg-type]


class TestValues:
    @given(st.text())
    def test_every_text_is_one_string_of_toml(self, text: str) -> None:
        written = quoted(text)
        assert tomllib.loads(f"x = {written}")["x"] == text
        assert all(letter.isprintable() or letter in "\u3000" for letter in written if letter.isascii())

    def test_half_a_letter_is_replaced(self) -> None:
        assert tomllib.loads("x = " + quoted("a\ud800b"))["x"] == "a\ufffdb"

    @given(st.text(max_size=60))
    def test_a_comment_stays_a_comment(self, text: str) -> None:
        lines = comment(text).split("\n")
        assert all(line.startswith("# ") for line in lines)
        assert tomllib.loads(f"{comment(text)}\nx = 1") == {"x": 1}

    @given(st.text(max_size=20))
    def test_keys_are_quoted_where_they_have_to_be(self, name: str) -> None:
        assert tomllib.loads(f"{key(name)} = 1") == {name: 1}

    @pytest.mark.parametrize(
        ("found", "written"),
        [
            (True, "true"),
            (3, "3"),
            (2.5, "2.5"),
            (["a", 1], '["a", 1]'),
            ({"a b": ["x"]}, '{ "a b" = ["x"] }'),
            ({}, "{}"),
        ],
    )
    def test_values_of_every_kind(self, found: object, written: str) -> None:
        assert value(found) == written
        assert tomllib.loads(f"x = {written}")["x"] == found

    @pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x85", "\u200f", "\u2028", "\u202e", "\u2066"])
    def test_no_letter_that_a_terminal_obeys_is_written(self, letter: str) -> None:
        for written in (safe(f"a{letter}b"), quoted(f"a{letter}b"), comment(f"a{letter}b"), key(f"a{letter}b")):
            assert letter not in written
            assert f"\\u{ord(letter):04x}" in written

    def test_labels_name_their_language(self) -> None:
        assert language_of("Lack of staff", "en") == "en"
        assert language_of("人员不足", "en") == "zh"
        assert language_of("人员不足", "ja") == "ja"
        assert language_of("IT部门", "en") == "zh"


class TestStudy:
    def test_hostile_texts_are_data_and_nothing_else(self) -> None:
        items = (ProposedItem("a", HOSTILE, columns={"1": HOSTILE}), ProposedItem("b", "B", columns={"1": "Q2"}))
        entries = (Entry("blank", "below", HOSTILE, True), Entry("missing", {HOSTILE: [HOSTILE]}))
        hostile = wave(
            file=HOSTILE, evidence=HOSTILE, source=HOSTILE, entries=entries, groups={"g": HOSTILE}, notes=(HOSTILE,)
        )
        text = study_text(
            proposal(
                title=HOSTILE,
                question=HOSTILE,
                items=items,
                waves=(hostile,),
                personal=(HOSTILE,),
                more=(HOSTILE,),
                notes=(HOSTILE,),
                direction=Entry("direction", "1_is_most_severe", HOSTILE, True),
            ),
            command=HOSTILE,
        )
        assert not any(letter in text for letter in "\x1b\x07\u202e\u2028\x7f")
        read = tomllib.loads(text)
        assert read["study"]["title"] == {"en": HOSTILE}
        assert read["obstacles"]["item"][0]["label"] == {"en": HOSTILE}
        assert [one["file"] for one in read["wave"]] == [HOSTILE]
        assert read["wave"][0]["obstacles"] == {"a": HOSTILE, "b": "Q2"}
        assert read["wave"][0]["missing"] == {HOSTILE: [HOSTILE]}
        assert read["privacy"]["drop_columns"] == [HOSTILE]

    def test_guesses_stand_with_their_evidence_and_a_mark(self) -> None:
        entries = (Entry("blank", "below", "31 % of the cells are blank", True), Entry("id_column", "ID"))
        lines = study_text(proposal(waves=(wave(entries=entries),)), command="obstacles init a.csv").split("\n")
        assert lines[0] == "# Written by: obstacles init a.csv"
        assert 'blank = "below"                               #? 31 % of the cells are blank' in lines
        assert 'id_column = "ID"' in lines
        assert any(line.startswith('sampling = "nonprobability"') and "#?" in line for line in lines)

    def test_long_evidence_stands_above_its_key(self) -> None:
        entries = (Entry("blank", "below", "word " * 60, True),)
        lines = study_text(proposal(waves=(wave(entries=entries),)), command="x").split("\n")
        place = lines.index('blank = "below"')
        assert lines[place - 1].startswith("#? word")
        assert all(len(line) <= WIDTH + 4 for line in lines)

    def test_another_reading_is_a_comment_with_its_command(self) -> None:
        other = Guess("likert_grid", 1.0, "the same 5 levels", (), (Entry("scale", [{"value": 1}]),), None)
        text = study_text(proposal(other=other), command="x")
        assert "--format likert_grid" in " ".join(text.replace("\n#?", "").split())
        assert "# scale = [{ value = 1 }]" in text
        assert tomllib.loads(text)["wave"][0]["format"] == "rank_grid"

    def test_items_may_stand_in_a_codebook(self) -> None:
        read = tomllib.loads(study_text(proposal(), command="x", codebook="codebook.csv"))
        assert read["obstacles"] == {"codebook": "codebook.csv"}
        assert "obstacles" not in read["wave"][0]

    def test_waves_with_other_wordings_are_compared_by_a_crosswalk(self) -> None:
        items = (
            ProposedItem("a", "A", columns={"1": "Q1", "2": "Q1"}, wordings={"1": "A", "2": "A"}),
            ProposedItem("b", "B", columns={"1": "Q2", "2": "Q2"}, status="reworded", wordings={"1": "B", "2": "B b"}),
            ProposedItem("c", "C", since="2", why="found in 2 only", columns={"2": "Q3"}, wordings={"2": "C"}),
        )
        waves = (wave(), wave(id="2", file="b.csv", question="Asked anew?"))
        text = study_text(proposal(items=items, waves=waves, comparisons=(("1", "2"),)), command="x")
        read = tomllib.loads(text)
        assert read["comparison"] == [
            {
                "id": "1-2",
                "waves": ["1", "2"],
                "items": "common",
                "kind": "repeated_cross_section",
                "crosswalk": [
                    {
                        "from": {"wave": "1", "items": ["b"]},
                        "to": {"wave": "2", "items": ["b"]},
                        "status": "reworded",
                    }
                ],
            }
        ]
        assert 'since = "2"                                   #? found in 2 only' in text
        assert read["wave"][1]["question"] == {"en": "Asked anew?"}
        assert text.count("# plain table; 50 rows, 3 columns") == 1


def test_days_in_a_list_are_days_in_an_attached_study_file() -> None:
    tables = {"wave": [{"id": "1", "fieldwork": [date(2024, 5, 13), date(2024, 6, 7)], "columns": {"a": "b"}}]}
    assert tomllib.loads(as_toml(tables)) == tables
