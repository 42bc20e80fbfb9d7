"""A study: one obstacle question, asked in one or more waves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from obstacles.survey.answers import Anchor, Answers, CapabilityAnswers, SetAside
from obstacles.survey.problems import Problem, Receipt
from obstacles.survey.question import Item, Question
from obstacles.text.language import Labels

if TYPE_CHECKING:
    import pandas as pd

    from obstacles.survey.settings import ReplicateKind, StudySettings, WaveSettings


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: each column is a weight for the whole sample, the sampling weight included."""

    weight: np.ndarray  # (n, r) float64, >= 0
    kind: ReplicateKind
    scale: float  # covariance = scale x sum over replicates of rscales x squared deviation
    rscales: np.ndarray  # (r,)
    around_estimate: bool = False  # deviations from the full-sample estimate; False: from the replicates' mean


@dataclass(frozen=True)
class Margin:
    """A known division of the population, to which weights are raked."""

    name: str  # group column
    code: np.ndarray  # (n,) intp group of each respondent
    groups: tuple[str, ...]  # (g,)
    target: np.ndarray  # (g,) float64 people or shares of the population


@dataclass(frozen=True)
class Design:
    """How the respondents were drawn, as the file has it. None = no such thing. Statistics: inference.survey_design."""

    weight: np.ndarray | None = None  # (n,) float64, > 0, sampling weights
    stratum: np.ndarray | None = None  # (n,) intp codes 0..H-1
    cluster: np.ndarray | None = None  # (n,) intp codes of primary sampling units, unique over strata
    population: np.ndarray | None = None  # (n,) float64, size N_h of the population of the respondent's stratum
    replicates: Replicates | None = None
    margins: tuple[Margin, ...] = ()  # rake the weights to these
    trim: tuple[float, float] | None = None  # least and largest raked weight, as multiples of the mean weight
    lonely: str = "adjust"  # strata with a single primary unit: a key of analysis.inference.survey_design.LONELY


@dataclass(frozen=True)
class Wave:
    """One round of a study: the question as asked then, the answers, and who gave them.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> wave = study.wave("2024")
    >>> len(wave.respondents), wave.answers.ranks.shape
    (1083, (1083, 7))
    """

    id: str
    title: Labels
    question: Question
    answers: Answers
    respondents: pd.DataFrame  # one row per analysed person: "id", then the group columns under their role's name
    design: Design
    receipt: Receipt
    fieldwork: tuple[date, date] | None
    invited: int | None
    settings: WaveSettings
    sizes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # group column -> group -> people invited
    flags: Mapping[str, np.ndarray] = field(default_factory=dict)  # sign of a careless answer -> (n,) bool
    anchor: Anchor | None = None
    capability: CapabilityAnswers | None = None
    set_aside: tuple[SetAside, ...] = ()  # options that are no obstacles: how often they were named
    panel: np.ndarray | None = None  # (n,) str, the same text for the same person in every wave; "" = not known

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the question, in the order of the study."""
        return self.answers.items


@dataclass(frozen=True)
class Study:
    """One obstacle question with its waves in time order.

    Examples
    --------
    >>> import obstacles as ob
    >>> study = ob.load_study("examples/big-data-obstacles/study.toml")
    >>> study.title["en"], len(study.items)
    ('Obstacles to using big data', 7)
    >>> study.wave("2024").question.format
    'rank_grid'
    """

    id: str
    title: Labels
    items: tuple[Item, ...]
    waves: tuple[Wave, ...]
    settings: StudySettings
    path: Path  # of the study file
    sha256: str  # of the study file and the waves' data files together
    problems: tuple[Problem, ...] = ()  # about the study file
    files: tuple[Path, ...] = ()  # every file that it was read from
    draft: bool = False  # what is made of it is for its owner alone, and says so

    def wave(self, id: str | None = None) -> Wave:
        """The wave with that id; the last one when none is named. Raises KeyError for an unknown id."""
        if id is None:
            return self.waves[-1]
        return {wave.id: wave for wave in self.waves}[id]
