"""What the keys of a study file hold: texts per language, cells, and the sets of words that several keys share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from obstacles.survey.regression_kinds import KINDS

Text = Annotated[
    dict[str, str],
    BeforeValidator(
        lambda value: {"en": value} if isinstance(value, str) else value, json_schema_input_type=str | dict[str, str]
    ),
    Field(description='Text per language, { en = "...", zh = "..." }; a plain string is English.'),
]
Cells = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value, json_schema_input_type=str | list[str]),
]
Audience = Literal["owner", "organisation", "public"]  # who is handed the files
ReportName = Literal["research", "brief", "gap", "change"]  # keys of obstacles.reports.kinds.REPORTS
if TYPE_CHECKING:
    RegressionName = str
else:
    RegressionName = Literal[tuple(KINDS)]
Direction = Literal["1_is_most_severe", "high_is_most_severe"]
Blank = Literal["below", "not_offered", "not_answered"]  # what a blank cell of an item means
Rater = Literal["self", "supervisor"]
ItemOrder = Literal["randomised", "fixed"]
InvalidRanking = Literal["error", "leave_out", "repair_ties"]
ReplicateKind = Literal["brr", "fay", "jackknife", "bootstrap", "other"]
ItemKind = Literal["other", "opt_out", "none"]  # an option of the question that names no one obstacle
CrosswalkStatus = Literal["same", "reworded", "split", "merged", "new", "dropped"]
LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,8})?")


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)
