"""Files for others: what they show of groups is held against the register of what was published, and added to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from obstacles.cli.terminal import say
from obstacles.survey.problems import refusal
from obstacles.text.language import _

if TYPE_CHECKING:
    import numpy as np

    from obstacles.analysis.disclosure.release.figures import Gaps
    from obstacles.survey.study import Study

TOO_CLOSE, FOR_THE_OWNER = "E-LOCK-02", "E-PRIV-03"

draft_option = click.option(
    "--draft", is_flag=True, help=_("For yourself: nothing is refused or registered, and every page says so.")
)
new_register_option = click.option(
    "--new-register",
    is_flag=True,
    help=_("Begin the register of what was published anew: what was handed out before is gone."),
)


def drafted(study: Study, draft: bool) -> Study:
    """The study as its owner sees it, where a draft was asked for."""
    if not draft:
        return study
    privacy = study.settings.privacy.model_copy(update={"audience": "owner"})
    return replace(study, settings=study.settings.model_copy(update={"privacy": privacy}), draft=True)


def publish(study: Study, what: str, cells: Mapping[str, Sequence[np.ndarray]], *, anew: bool = False) -> None:
    """Register what files show of groups, unless they are the owner's; before the first of them is written.

    Parameters
    ----------
    cells : mapping
        Wave -> (n,) bool arrays, the respondents of each cell that is shown.

    Raises
    ------
    SurveyError
        Where rules are looser than those of published files, where few people could be told by both, or where the
        register is damaged (exit code 3).
    """
    if study.settings.audience == "owner":
        return
    from obstacles.analysis.disclosure.published import isolates
    from obstacles.survey.loading.register import added, kept_register, publication, refuse_looser

    minimum = study.settings.privacy.min_group
    with kept_register(study.path, anew=anew, inputs=study.files) as kept:
        refuse_looser(study, kept[0])
        for wave, masks in cells.items():
            new = publication(what, study.settings, study.wave(wave), masks, kept[0].key)
            if isolates(kept[0].publications, new, minimum):
                message = _(
                    'wave "{wave}": held against files that were published, these would tell what fewer than {n} '
                    "people answered: people, answers, groups or columns differ by few. Use the data and the groups "
                    "that were published, or wait until every group differs by at least {n} people; where the old "
                    "files are gone, begin again with --new-register; or make a draft for yourself with --draft."
                )
                raise refusal(TOO_CLOSE, message.format(wave=wave, n=minimum), study.path.name, exit_code=3)
            kept[0] = added(kept[0], new)


def publish_report(study: Study, kind: str, options: Mapping[str, Any], *, anew: bool = False) -> None:
    """Register what a report of a study shows; see `publish`. Gap reports: `publish_gaps`."""
    if study.settings.audience == "owner":
        return
    from obstacles.analysis.disclosure.published import cells_of_groups
    from obstacles.analysis.disclosure.release.columns import shown_groups
    from obstacles.reports.kinds import REPORTS

    if options.get("where"):
        refuse_for_others(study, "--where")
    kind = "research" if kind == "brief" else kind  # the brief is its first page, and shows groups as it does
    waves = [one for one in REPORTS[kind].waves(study, options.get("wave")) if len(one.respondents)]
    shown = {one.id: shown_groups(study, one) if kind == "research" else {} for one in waves}
    publish(study, kind, {one.id: cells_of_groups(one, shown[one.id]) for one in waves}, anew=anew)


def publish_gaps(study: Study, found: Gaps, *, anew: bool = False) -> None:
    """Register what the gap reports of all groups show; see `publish`."""
    from obstacles.analysis.disclosure.published import cells_of_gaps

    publish(study, "gap", {found.wave: cells_of_gaps(found, study.wave(found.wave))}, anew=anew)


def refuse_for_others(study: Study, what: str) -> None:
    """Raise a SurveyError (exit code 3) for figures of groups that no plan protects, unless they are the owner's."""
    if study.settings.audience == "owner":
        return
    message = _(
        "{what} shows groups to the digit, and this study's audience is others. Reports show groups protected "
        "(obstacles report); for yourself add --draft."
    )
    raise refusal(FOR_THE_OWNER, message.format(what=what), study.path.name, exit_code=3)


def say_for_the_owner(study: Study, what: str) -> None:
    """Say of figures of groups on the terminal, which no plan protects, that they are not for handing out."""
    if study.settings.audience != "owner":
        say(
            _("{what}: for you alone, and not for handing out; groups are not protected here.").format(what=what),
            error=True,
        )


def refuse_looser_for_others(study: Study) -> None:
    """Raise a SurveyError (exit code 3) where figures for others would show what published files hide."""
    from obstacles.survey.loading.register import refuse_looser

    if study.settings.audience != "owner":
        refuse_looser(study)
