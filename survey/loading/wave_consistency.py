"""What looks wrong only when waves are held side by side: one file twice, a scale turned round, a group renamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from obstacles.survey.answers import Rankings, Ratings
from obstacles.survey.loading.group_names import renamed
from obstacles.survey.problems import Problem
from obstacles.survey.study import Wave
from obstacles.text.language import _, commas, in_quotes

TURNED = -0.5  # correlation of item means below which a scale may be turned round
FEWEST = 4  # common items below which a correlation means nothing


def across_waves(waves: Sequence[Wave]) -> Iterator[Problem]:
    """Problems between the waves of a study."""
    yield from _same_content(waves)
    for one, other in pairwise(waves):
        yield from _turned(one, other)
        yield from _renamed(one, other)


def _same_content(waves: Sequence[Wave]) -> Iterator[Problem]:
    seen: dict[tuple[str, object], Wave] = {}
    for wave in waves:
        rows = [tuple(sorted(stated.items())) for stated in (wave.settings.where, wave.settings.exclude)]
        printed = wave.settings.published
        source = (wave.receipt.sha256, (*rows, printed.share if printed is not None else ""))
        other = seen.setdefault(source, wave)
        if other is not wave:
            message = _('waves "{first}" and "{second}" have the same content ({other}). Was the wrong file named?')
            text = message.format(first=other.id, second=wave.id, other=other.receipt.file)
            yield Problem("error", "E-WAVE-02", text, file=wave.receipt.file)


def _turned(one: Wave, other: Wave) -> Iterator[Problem]:
    """Item means that run against each other: one wave's direction is probably wrong."""
    first, second = _means(one), _means(other)
    common = [id for id in first if id in second]
    if len(common) < FEWEST:
        return
    x, y = np.array([first[id] for id in common]), np.array([second[id] for id in common])
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    r = float(np.corrcoef(x, y)[0, 1])
    if r < TURNED:
        message = _(
            'the items of waves "{one}" and "{other}" come in nearly opposite orders (correlation {r}). Is the '
            "direction of one of them turned round?"
        )
        yield Problem(
            "warning", "W-DIR-01", message.format(one=one.id, other=other.id, r=f"{r:.2f}"), file=other.receipt.file
        )


def _means(wave: Wave) -> dict[str, float]:
    """Item id -> mean severity, or minus the mean rank of those who ranked it."""
    answers = wave.answers
    if isinstance(answers, Ratings):
        values = answers.scores
    elif isinstance(answers, Rankings) and not answers.selection:
        values = np.where(answers.ranks > 0, -answers.ranks.astype(float), np.nan)
    else:
        return {}
    counts = (~np.isnan(values)).sum(axis=0)
    means = np.nansum(values, axis=0) / np.maximum(counts, 1)
    return {item.id: float(mean) for item, mean, n in zip(wave.items, means, counts, strict=True) if n}


def _renamed(one: Wave, other: Wave) -> Iterator[Problem]:
    """Groups that one wave has and the other has not."""
    for group in one.settings.columns:
        if group not in other.settings.columns or not len(one.respondents) or not len(other.respondents):
            continue
        before, after = (list(wave.respondents[group].cat.categories) for wave in (one, other))
        pairs = renamed(before, after)
        if not pairs or len(pairs) > len(before) / 2:
            continue
        shown = commas(in_quotes(old) + (_(' (now "{new}"?)').format(new=new) if new else "") for old, new in pairs[:5])
        message = _(
            '{group}: wave "{one}" has {names}, which wave "{other}" has not. If a group was renamed, add '
            "groups.aliases."
        )
        text = message.format(group=in_quotes(group), one=one.id, other=other.id, names=shown)
        yield Problem("warning", "W-GRP-04", text, file=other.receipt.file, count=len(pairs))
