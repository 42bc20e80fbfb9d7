"""Names in sentences: nouns of the study, long labels, marks, direction."""

from obstacles.reports.words import naming
from obstacles.survey.question import Item


def test_the_study_s_own_nouns_are_used(making):
    answers = making.rankings(making.items(["A", "B"]), [[1, 2]])
    assert naming.nouns_of(making.study(answers, noun=("film", "films"))) == naming.Nouns("film", "films")
    assert naming.nouns_of(making.study(answers)) == naming.Nouns("obstacle", "obstacles")


def test_a_marked_name_is_quoted_bared_or_split():
    text = f"{naming.marked('Cost')} leads."
    assert naming.quoted(text) == "“Cost” leads."
    assert naming.bare(text) == "Cost leads."
    assert naming.spans(text) == [("Cost", True), (" leads.", False)]


def test_control_characters_of_labels_cannot_forge_marks():
    assert naming.plain("a\x0eb\x0fc\n\td\u200de") == "a b c d\u200de"


def test_long_names_are_cut_between_words():
    assert naming.cut("one two three four", 12) == "one two…"
    assert naming.cut("x" * 30, 10) == "x" * 9 + "…"
    assert naming.cut("short", 10) == "short"


def test_a_sentence_takes_the_short_label_of_a_very_long_one():
    item = Item("a", {"en": "word " * 40}, {"en": "Words"})
    assert naming.sentence_name(item) == "Words"
    assert len(naming.sentence_name(Item("a", {"en": "word " * 40}))) <= naming.LONGEST


def test_several_long_names_of_one_sentence_are_all_short():
    items = [
        Item(str(i), {"en": f"A label of some length, number {i}, that goes on and on"}, {"en": f"No {i}"})
        for i in range(4)
    ]
    assert naming.sentence_names(items) == [naming.marked(f"No {i}") for i in range(4)]


def test_direction_is_that_of_the_first_strong_letter():
    assert naming.direction("(1) نقص") == "rtl"
    assert naming.direction("AI نقص") == "ltr"
    assert naming.direction("123") == "ltr"
