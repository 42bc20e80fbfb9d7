"""The answer types. Rank 1 is the largest obstacle; a larger score is a larger obstacle.

Three facts stay three facts in `Rankings`: equal ranks are ties; rank 0 on an offered item means that it was left
below every ranked item; an item that was not offered is no part of the answer. "Select up to k" is rank 1 for the
marked and 0 for the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obstacles.survey.question import Item, Level, Scale
from obstacles.survey.settings.values import Rater


@dataclass(frozen=True)
class Rankings:
    """Full, top-k and sub-rankings, ties, and selections."""

    items: tuple[Item, ...]
    ranks: np.ndarray  # (n, m) int16, 1 = largest obstacle, 0 = not ranked
    offered: np.ndarray  # (n, m) bool
    respondent: np.ndarray  # (n,) intp, row of Wave.respondents
    answer_counts: np.ndarray  # (n,) float64, respondents a row stands for; of one with several rows: times it was said
    selection: bool = False  # True: marked or not marked, no order among the marked
    first_shown: np.ndarray | None = None  # (n,) item shown first, for pairs whose order is known
    position: np.ndarray | None = None  # (n, m) int16 place 1..m at which each item was shown; 0 = not known


@dataclass(frozen=True)
class Ratings:
    """A score for every obstacle, larger = more severe."""

    items: tuple[Item, ...]
    scores: np.ndarray  # (n, m) float64 values of the scale, turned so that larger = more severe; NaN = no rating
    not_applicable: np.ndarray  # (n, m) bool, answered "does not apply": no rating, but an answer
    scale: Scale
    respondent: np.ndarray  # (n,) intp, row of Wave.respondents
    total: float | None = None  # points to share out: scores are points, and each row sums to this


@dataclass(frozen=True)
class BestWorst:
    """Best and worst of the items shown in a task; the order of the others is unknown."""

    items: tuple[Item, ...]
    shown: np.ndarray  # (r, m) bool
    best: np.ndarray  # (r,) intp, the largest obstacle of the task
    worst: np.ndarray  # (r,) intp, the smallest, another item than `best`
    respondent: np.ndarray  # (r,) intp, row of Wave.respondents
    answer_counts: np.ndarray  # (r,) float64, as in Rankings


@dataclass(frozen=True)
class Published:
    """A printed table of percentages: no respondents."""

    items: tuple[Item, ...]
    share: np.ndarray  # (m,) float64, proportion 0..1; NaN = not published
    n: float | None  # respondents behind the table; None = not published
    several_answers: bool  # one respondent could name several items
    design_effect: float | None = None  # of a weighted table; None = not stated
    weighted: bool = False


@dataclass(frozen=True)
class Anchor:
    """A ranking question whose right answer is known, asked beside the obstacles: who answers at random misses it."""

    correct: np.ndarray  # (n,) bool, whether each respondent of the wave gave the right answer
    answered: np.ndarray  # (n,) bool
    items: int  # items of the anchor question
    places: int  # places that had to be filled; = items for a full ranking
    careful_miss: float = 0.0  # share of careful people who miss it


@dataclass(frozen=True)
class CapabilityAnswers:
    """Levels of capability, a row per respondent of the wave; NaN = no answer."""

    items: tuple[Item, ...]  # `category` names the scale that an item belongs to
    levels: tuple[Level, ...]  # from the lowest
    current: np.ndarray  # (n, q) float64 value of a level, as the rater sees it
    required: np.ndarray  # (n, q) what the work asks for
    importance: np.ndarray | None  # (n, q) whole numbers of `importance_scale`; None = not asked of any item
    supervisor: np.ndarray | None  # (n, q) the supervisor's rating beside the respondent's own; None = not given
    source: tuple[str, ...]  # (q,) where the required level comes from: "fixed", "role" or "column"
    rater: Rater  # of `current`
    importance_scale: tuple[int, int] | None = None


@dataclass(frozen=True)
class SetAside:
    """How often an option was named that is no obstacle (`Item.kind`): it is shown, and never ranked."""

    item: Item
    share: float  # of those who were offered it, by the weights of the file; NaN = not published
    count: float | None  # respondents who named it; None = a printed table
    base: float | None  # respondents who were offered it and answered; None = not published


Answers = Rankings | Ratings | BestWorst | Published
