"""What the reader of errors and rank sets must know: how few degrees of freedom there are, and what the design did."""

from __future__ import annotations

import numpy as np

from obstacles.analysis.inference.estimate import Estimate
from obstacles.analysis.inference.random_answers import unused_anchor_note
from obstacles.analysis.inference.rank_sets import RankSets
from obstacles.analysis.prepare import Prepared
from obstacles.survey.answers import Published
from obstacles.survey.study import Wave
from obstacles.text.language import N_, _, commas, joined, ngettext

REPLICATES = {  # kind of replicate weights -> its text
    "brr": N_("brr"),
    "fay": N_("fay"),
    "jackknife": N_("jackknife"),
    "bootstrap": N_("bootstrap"),
    "other": N_("other"),
}


def notes_of(wave: Wave, prepared: Prepared, estimate: Estimate, sets: RankSets | None, df: float) -> list[str]:
    """Notes on the design, the errors and the rank sets; `df` are the degrees of freedom of the sets."""
    notes, sample, m = [], prepared.sample, int((~np.isnan(estimate.value)).sum())
    if estimate.covariance_kind == "none" and not isinstance(prepared.answers, Published):
        notes.append(_("No errors: a single primary unit, or one in every stratum, says nothing of them."))
    elif estimate.covariance is not None and sets is None and m > 1:
        note = ngettext(
            "No rank sets: {df} degree of freedom is fewer than the {m} items.",
            "No rank sets: {df} degrees of freedom are fewer than the {m} items.",
            round(df),
        )
        notes.append(note.format(df=round(df), m=m))
    if sets is not None and not sets.reliable:
        note = _("The rank sets are unreliable: {df} degrees of freedom are fewer than twice the {m} items.")
        notes.append(note.format(df=round(df), m=m))
    if sample.lonely_strata:
        notes.append(_lonely_note(sample.lonely, sample.lonely_strata))
    if sample.raked is not None:
        notes.append(_raking_note(prepared))
    if sample.replicates is not None:
        note = _("Errors come from {r} replicate weights ({kind}), with {df} degrees of freedom.")
        replicates = sample.replicates
        notes.append(
            note.format(r=replicates.weight.shape[1], kind=_(REPLICATES[replicates.kind]), df=round(sample.df))
        )
    if sample.population is not None and sample.cluster is not None:
        notes.append(_("The finite population correction is left out: primary units are clusters, not people."))
    elif estimate.covariance_fpc is not None:
        note = _(
            "Intervals carry the finite population correction; tests and rank sets leave it out (Cochran 1977, 2.14)."
        )
        notes.append(note)
    if wave.anchor is not None and prepared.random is None:
        notes.append(unused_anchor_note(wave.anchor, sample))
    return notes


def _lonely_note(policy: str, n: int) -> str:
    """How strata with a single primary unit were treated."""
    if policy == "average":
        text = ngettext(
            "{n} stratum has a single primary unit; it adds the mean variance of the other strata.",
            "{n} strata have a single primary unit; each adds the mean variance of the other strata.",
            n,
        )
    elif policy == "certainty":
        text = ngettext(
            "{n} stratum has a single primary unit, taken as certain to be drawn: it adds no variance.",
            "{n} strata have a single primary unit, taken as certain to be drawn: they add no variance.",
            n,
        )
    else:
        text = ngettext(
            "{n} stratum has a single primary unit; it is centred at the mean of all units.",
            "{n} strata have a single primary unit; they are centred at the mean of all units.",
            n,
        )
    return text.format(n=n)


def _raking_note(prepared: Prepared) -> str:
    raked = prepared.sample.raked
    assert raked is not None
    names = commas(margin.name for margin in raked.margins)
    note = _("Weights are raked to {margins}; errors count what the margins explain as known.").format(margins=names)
    if not raked.trimmed:
        return note
    more = ngettext("{n} weight is at a limit of trimming.", "{n} weights are at a limit of trimming.", raked.trimmed)
    return joined([note, more.format(n=raked.trimmed)])
