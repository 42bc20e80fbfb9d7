"""Every choice that a load makes for a wave, stated or by default, in words for the receipt and the method box."""

from __future__ import annotations

from obstacles.survey.formats.base import Format
from obstacles.survey.loading.quality import FAST, speeder_of, straightline_of
from obstacles.survey.settings import StudySettings, WaveSettings
from obstacles.text.language import _, commas


def choices_of(settings: StudySettings, wave: WaveSettings, form: Format) -> tuple[tuple[str, str], ...]:
    """(what, value) of every key that decides how cells are read."""
    found = [(_("form of the answers"), FORMS[form.name]())]
    if "direction" in form.uses:
        found.append((_("severe end"), DIRECTIONS[wave.direction or settings.obstacles.direction or ""]()))
    if "blank" in form.uses and wave.blank is not None:
        found.append((_("a blank means"), BLANKS[wave.blank]()))
    if "k" in form.uses and wave.k is not None:
        found.append((_("places to fill"), str(wave.k)))
    if "ties" in form.uses:
        found.append((_("ties"), _("allowed") if wave.ties else _("not allowed")))
    if "max_choices" in form.uses:
        found.append((_("most choices"), str(wave.max_choices) if wave.max_choices else _("no limit")))
    if form.name in ("rank_grid", "order_list"):
        found.append((_("unusable rankings"), INVALID[settings.quality.invalid_ranking]()))
    if not form.respondents:
        found.append((_("answers per respondent"), _("several") if wave.several_answers else _("one")))
        return tuple(found)
    if wave.id_column is not None:
        found.append((_("an id that occurs twice"), DUPLICATES[wave.duplicates]()))
    found += _flags(settings, wave)
    weighted = wave.weight is not None and settings.weights.method != "none"
    found.append((_("weights"), wave.weight if weighted and wave.weight else _("none")))
    return tuple(found)


def _flags(settings: StudySettings, wave: WaveSettings) -> list[tuple[str, str]]:
    """Which signs of careless answers were looked for."""
    found = []
    if (speeder := speeder_of(settings, wave)) is not None:
        what = _("fast answers (less than {share} of the median time)")
        found.append((what.format(share=f"{speeder.below_median_share or FAST:g}"), FLAGGED[speeder.action]()))
    if (straight := straightline_of(settings, wave)) is not None:
        what = _("the same answer throughout {blocks}").format(blocks=commas(straight.blocks))
        found.append((what, FLAGGED[straight.action]()))
    return found


FLAGGED = {"flag": lambda: _("are flagged and kept"), "leave_out": lambda: _("are left out and counted")}
FORMS = {
    "rank_grid": lambda: _("a column per item, the cell is its rank"),
    "order_list": lambda: _("a column per place, the cell is the item"),
    "multi_select": lambda: _("select all that apply"),
    "likert_grid": lambda: _("a column per item, the cell is a level of the scale"),
    "points": lambda: _("points shared out, a column per item"),
    "slider": lambda: _("a number between two ends, a column per item"),
    "pairs": lambda: _("paired comparisons"),
    "best_worst": lambda: _("best and worst of the items shown"),
    "rank_counts": lambda: _("distinct rankings with their counts"),
    "published": lambda: _("a published table of percentages"),
    "capability_only": lambda: _("capabilities alone, without a question about obstacles"),
}
DIRECTIONS = {
    "": lambda: _("not stated"),
    "1_is_most_severe": lambda: _("1 is the most severe"),
    "high_is_most_severe": lambda: _("the highest number is the most severe"),
}
BLANKS = {
    "below": lambda: _("below every ranked or marked item"),
    "not_offered": lambda: _("not offered, no part of the answer"),
    "not_answered": lambda: _("not answered"),
}
INVALID = {
    "error": lambda: _("stop the load"),
    "leave_out": lambda: _("are left out and counted"),
    "repair_ties": lambda: _("ranks given twice are read as ties; others are left out and counted"),
}
DUPLICATES = {
    "error": lambda: _("stops the load"),
    "first": lambda: _("keeps its first row"),
    "last": lambda: _("keeps its last row"),
}
