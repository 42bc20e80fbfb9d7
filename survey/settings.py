"""What a study file may say, as frozen pydantic models. `survey.studyfile.read` reads it; descriptions feed editors."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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
Direction = Literal["1_is_most_severe", "high_is_most_severe"]
LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,8})?")


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)


class StudyFacts(Model):
    """[study]: what AAPOR's and CHERRIES' checklists ask of every report; what is missing prints as not stated."""

    id: str = Field("", description="Short name in files and output; the folder's name when omitted.")
    title: Text
    languages: tuple[str, ...] = Field(("en",), description="Languages of the labels; the first is the default.")
    sampling: Literal["census", "probability", "nonprobability"] = Field(
        description="How respondents came in: decides how uncertainty is worded."
    )
    sponsor: Text = Field(default_factory=dict, description="Who paid for the research.")
    conducted_by: Text = Field(default_factory=dict, description="Who carried it out.")
    population: Text = Field(default_factory=dict, description="Whom the results are about.")
    frame: Text = Field(default_factory=dict, description="The list or source from which respondents were drawn.")
    recruitment: Text = Field(default_factory=dict, description="How respondents were selected and invited.")
    mode: Text = Field(default_factory=dict, description="Web, telephone, paper ...")
    access: Literal["open", "closed"] | None = Field(None, description="Open to any visitor, or by invitation only.")
    mandatory: bool | None = Field(None, description="Whether the question had to be answered.")
    incentives: Text = Field(default_factory=dict)
    screens: Text = Field(default_factory=dict, description="Number of items and screens.")
    completeness: Text = Field(default_factory=dict, description="How completeness was checked, duplicates prevented.")
    processing: Text = Field(default_factory=dict, description="Quality checks and processing before the file.")
    limitations: Text = Field(default_factory=dict)
    contact: str | None = None
    source: Text = Field(default_factory=dict, description="Where the data come from, as a citation.")
    licence: Text = Field(default_factory=dict, description="Licence of the data.")
    synthetic: bool = Field(False, description="The data are made up; every page of a report says so.")
    note: Text = Field(default_factory=dict)


class ItemSettings(Model):
    """[[obstacles.item]]"""

    id: str
    label: Text = Field(default_factory=dict)
    short: Text = Field(default_factory=dict, description="Label for charts.")
    category: str | None = None
    since: str | None = Field(None, description="Id of the first wave that asked the item.")
    until: str | None = Field(None, description="Id of the last wave that asked it.")


class Obstacles(Model):
    """[obstacles]: the one question of the study; an instrument's items are merged in when the file is read."""

    question: Text = Field(default_factory=dict, description="Exact wording.")
    noun: Text = Field(default_factory=dict, description='What one item is called: { en = "obstacle" }.')
    nouns: Text = Field(default_factory=dict, description='What several are called: { en = "obstacles" }.')
    instrument: str | None = Field(None, description="A built-in instrument whose items are used.")
    select: tuple[str, ...] = Field((), description="Ids of the instrument's items that were asked; omit = all.")
    item_order: Literal["randomised", "fixed"] | None = None
    direction: Direction | None = None
    codebook: str | None = Field(None, description="A CSV or Excel table of the items, beside the study file.")
    item: tuple[ItemSettings, ...] = ()
    category: dict[str, Text] = Field(default_factory=dict)


class CellList(Model):
    """cell = { column, separator }: many choices in one cell; order_list takes them in their order."""

    column: str
    separator: str = Field(min_length=1)


class ScaleLevel(Model):
    model_config = ConfigDict(json_schema_extra={"patternProperties": {f"^{LANGUAGE.pattern}$": {"type": "string"}}})

    value: float
    text: Cells = Field((), description="Texts of this level in cells; the value itself when omitted.")
    label: Text = Field(default_factory=dict)


class PublishedColumns(Model):
    item: str
    share: str
    n: str | float | None = Field(None, description="Column of the sample size, or the number itself.")
    unit: Literal["percent", "proportion"] = "percent"


class BestWorstColumns(Model):
    """Best-worst tasks: a pair of columns per task, or a row per task, or a row per item shown."""

    best: Cells = Field((), description="Column of the best item, one per task.")
    worst: Cells = Field((), description="Column of the worst item, one per task.")
    design: tuple[tuple[str, ...], ...] = Field((), description="Item ids shown in each task, in their order.")
    shown: tuple[tuple[str, ...], ...] = Field((), description="Columns that hold the items shown in each task.")
    task: str | None = Field(None, description="A row per item shown: column of the task.")
    item: str | None = Field(None, description="A row per item shown: column of the item.")
    choice: str | None = Field(None, description="A row per item shown: column of best, worst or neither.")
    best_is: Cells = ("1", "best")
    worst_is: Cells = ("-1", "worst")


class PairColumn(Model):
    """One pair of items with a column of its own: the cell is the item preferred."""

    items: tuple[str, str]
    column: str


class PairsColumns(Model):
    """Comparisons of two items: a row per comparison, or a column per pair."""

    first: str | None = Field(None, description="Column of the item shown first.")
    second: str | None = Field(None, description="Column of the other item.")
    result: str | None = Field(None, description="Column that says which was preferred.")
    first_is: Cells = Field(("1", "first"), description="Cells of result: the first was preferred.")
    second_is: Cells = Field(("2", "second"), description="Cells of result: the second was preferred.")
    tie_is: Cells = Field(("0", "tie", "equal"), description="Cells that mean: neither.")
    wins: str | None = Field(None, description="Counts: how often the first was preferred.")
    losses: str | None = Field(None, description="Counts: how often the second was preferred.")
    ties: str | None = Field(None, description="Counts: how often neither was.")
    column: tuple[PairColumn, ...] = Field((), description="A column per pair.")
    order: bool = Field(False, description="The first item has an advantage of its own (order effect).")


class AnchorColumns(Model):
    """A ranking question with a known right answer, beside the obstacles."""

    column: str | None = Field(None, description="Column that says whether the answer was right.")
    right: Cells = Field(("1", "true", "yes"), description="Cells of column that mean: right.")
    ranks: dict[str, str] = Field(default_factory=dict, description="Name -> column of its rank.")
    answer: tuple[str, ...] = Field((), description="Names in their right order, the first places at least.")
    items: int | None = Field(None, ge=2, description="Items of the question; the number of ranks when omitted.")
    places: int | None = Field(None, ge=1, description="Places that had to be filled; all when omitted.")


class ReplicateWeights(Model):
    """Replicate weights: columns that each are a weight for the whole sample."""

    columns: Cells = Field(description='Columns, or one pattern such as "rep_*".')
    kind: Literal["brr", "fay", "jackknife", "bootstrap", "other"]
    fay: float = Field(0.0, ge=0, lt=1, description="Fay's coefficient.")
    scale: float | None = Field(None, gt=0, description="By default what belongs to the kind.")
    rscales: tuple[float, ...] = ()
    combined: bool = Field(True, description="Each is a whole weight; false: a factor of the weight.")


class Finished(Model):
    column: str
    is_: Cells = Field(alias="is")


class CapabilityColumns(Model):
    """[wave.capability]: item id -> column."""

    current: dict[str, str] = Field(default_factory=dict, description="The level people see themselves at.")
    required: dict[str, str] = Field(default_factory=dict, description="The level their work asks for.")
    importance: dict[str, str] = Field(default_factory=dict)
    supervisor: dict[str, str] = Field(default_factory=dict, description="The level their supervisor sees them at.")


class WaveSettings(Model):
    """[[wave]]"""

    id: str
    title: Text = Field(default_factory=dict)
    file: str
    where: dict[str, Cells] = Field(default_factory=dict, description="Only rows whose columns hold these values.")
    fieldwork: tuple[datetime.date, datetime.date] | None = None
    invited: int | None = Field(None, gt=0)
    question: Text = Field(default_factory=dict, description="Overrides the question of [obstacles].")
    format: str
    direction: Direction | None = None
    k: int | None = Field(None, ge=1, description="Places that could be filled; omit = all.")
    ties: bool = False
    blank: Literal["below", "not_offered", "not_answered"] | None = None
    unranked: Cells = Field((), description="Cells that mean: left below every ranked item.")
    order: tuple[str, ...] = Field((), description="order_list: columns of the first, second ... place.")
    values: dict[str, Cells] = Field(default_factory=dict, description="Item id -> texts in cells.")
    selected: Cells = Field((), description="Cells that mean: marked.")
    cell: CellList | None = None
    max_choices: int | None = Field(None, ge=1)
    other: bool = Field(False, description="Texts that are no item are counted as other answers.")
    none_of_these: Cells = Field((), description="Choices, or columns of them, that mean: none of the items.")
    scale: tuple[ScaleLevel, ...] = ()
    not_applicable: Cells = ()
    total: float | None = Field(None, gt=0, description="points: what the points of a respondent sum to.")
    tolerance: float = Field(0.0, ge=0, description="points: how far a sum may be from the total.")
    rescale: bool = Field(False, description="points: sums within the tolerance are scaled to the total.")
    best_worst: BestWorstColumns | None = None
    pairs: PairsColumns | None = None
    count: str | None = Field(None, description="rank_counts: column that says how often a ranking was given.")
    positions: dict[str, str] | str = Field(
        default_factory=dict,
        description="Item id -> column of the place it was shown; or one column that lists the items by number.",
    )
    largest_tie: int | None = Field(None, ge=2, description="Most items that may share a place.")
    ties_overrun: bool = Field(False, description="A tie may run past the last place.")
    published: PublishedColumns | None = None
    several_answers: bool = Field(True, description="published: one respondent could name several items.")
    weighted: bool = Field(False, description="published: the table is weighted.")
    design_effect: float | None = Field(None, gt=0, description="published: of a weighted table.")
    offered: dict[str, dict[str, Cells]] = Field(default_factory=dict, description="Item id -> who was asked it.")
    sheet: str | None = Field(None, description="Excel: the sheet; the only one with content when omitted.")
    header_rows: int | None = Field(None, ge=1)
    skip: int = Field(0, ge=0)
    names: Literal["first", "joined"] = "first"
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    id_column: str | None = None
    panel_id: str | None = None
    duplicates: Literal["error", "first", "last"] = "error"
    missing: dict[str, Cells] = Field(default_factory=dict, description="Named kinds of missing cells.")
    weight: str | None = None
    weight_description: Text = Field(default_factory=dict)
    duration: str | None = None
    finished: Finished | None = None
    test_rows: Finished | None = Field(None, description="Previews and tests: rows that are no answers.")
    date: str | None = Field(None, description="Column of the day or time of the answer.")
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    columns: dict[str, str] = Field(default_factory=dict, description="Group name -> column.")
    obstacles: dict[str, str] = Field(default_factory=dict, description="Item id -> column.")
    capability: CapabilityColumns | None = None
    anchor: AnchorColumns | None = None
    note: Text = Field(default_factory=dict)


class Flag(Model):
    """A sign of careless answers: flagged and kept, left out, or not looked for."""

    action: Literal["flag", "leave_out", "none"] = "flag"
    below_median_share: float | None = Field(None, gt=0, lt=1, description="speeder: of the median time; 0.4.")
    blocks: tuple[str, ...] = Field((), description='straightline: "obstacles", or "capability.current" and the like.')


class Partial(Model):
    keep_if_items_answered: int = Field(1, ge=1)


class Quality(Model):
    speeder: Flag | None = Field(None, description="Flagged where the wave has a duration, unless this says otherwise.")
    straightline: Flag | None = Field(None, description="Flagged in ratings of many items, unless this says otherwise.")
    outside_fieldwork: Literal["flag", "leave_out"] = "flag"
    invalid_ranking: Literal["error", "leave_out", "repair_ties"] = "error"
    partial: Partial | None = None


class Weights(Model):
    method: Literal["none", "given", "rake"] | None = None
    margins: dict[str, str] = Field(default_factory=dict)
    trim: tuple[float, float] | None = None
    missing: Literal["error", "drop"] = "error"


class DesignSettings(Model):
    strata: str | None = Field(None, description="A group name or column.")
    cluster: str | None = None
    lonely: Literal["adjust", "average", "certainty", "fail"] = Field(
        "adjust",
        description="A stratum with a single primary unit: centred at the mean of all, no variance, or refused.",
    )
    replicates: ReplicateWeights | None = None
    population: str | float | None = Field(None, description='"invited", a number, a column, or "size".')


class GroupSize(Model):
    file: str


class Groups(Model):
    report_by: str | None = None
    split_by: tuple[str, ...] = ()
    aliases: dict[str, Cells] = Field(default_factory=dict)
    size: GroupSize | None = None


class Privacy(Model):
    min_group: int = Field(10, ge=3)
    min_comments: int = Field(10, ge=3)
    allow_small_groups: bool = Field(False, description="Needed for a min_group below 5.")
    complementary: bool = True
    cap_extremes: bool = True
    merge_small_into: str | None = None
    drop_columns: tuple[str, ...] = ()


def _level(value: Any) -> Any:
    """{ value = 1, en = "Awareness", zh = "了解" }: the texts of a level stand beside its value, one per language."""
    if not isinstance(value, dict):
        return value
    texts = {key: text for key, text in value.items() if LANGUAGE.fullmatch(key) and isinstance(text, str)}
    rest = {key: kept for key, kept in value.items() if key not in texts}
    return {**rest, "label": {**value.get("label", {}), **texts}}


CapabilityLevel = Annotated[ScaleLevel, BeforeValidator(_level)]


class CapabilityItem(Model):
    """[[capability.item]]"""

    id: str
    label: Text = Field(default_factory=dict)
    short: Text = Field(default_factory=dict, description="Label for charts.")
    required: float | None = Field(None, description="One level for everybody.")
    required_from: Literal["role", "column"] | None = Field(
        None, description="The required level by role from [capability.required_table], or asked of each respondent."
    )
    scale: str | None = Field(None, description="Items of one name of [capability.scale] are meant as one scale.")


class Capability(Model):
    """[capability]: what people can do, and what their work asks for."""

    levels: tuple[CapabilityLevel, ...] = Field(
        (), description="From the lowest: { value = 0, en = ..., zh = ... }; cells hold values or these texts."
    )
    gap: Literal["shortfall", "signed"] = Field(
        "shortfall", description="max(0, required - current), or required - current, whose surplus cancels shortage."
    )
    rater: Literal["self", "supervisor", "both"] = "self"
    importance_scale: tuple[int, int] | None = Field(None, description="Least and largest answer on importance.")
    item: tuple[CapabilityItem, ...] = ()
    scale: dict[str, Text] = Field(default_factory=dict, description="Names of the scales that items belong to.")
    required_table: GroupSize | None = Field(None, description="A table with the columns role, item and required.")


class ItemsAt(Model):
    wave: str
    items: tuple[str, ...]


class Crosswalk(Model):
    from_: ItemsAt = Field(alias="from")
    to: ItemsAt
    status: Literal["same", "reworded", "split", "merged", "new", "dropped"]


class WaveFacts(Model):
    """[[comparison.wave]]: what of a wave's design bears on a comparison. Waves that state different things of one key
    are compared by order only."""

    id: str
    form: Text = Field(default_factory=dict, description="Form of the question, where its format does not tell it.")
    base: Text = Field(default_factory=dict, description="Who was asked.")
    routing: Text = Field(default_factory=dict, description="Which earlier answers led to the question.")
    mode: Text = Field(default_factory=dict, description="Web, telephone, paper ...")


class Break(Model):
    """breaks = [{ between, reason }]: levels before and after are not compared."""

    between: tuple[str, str] = Field(description="The waves between which the break lies.")
    reason: Text
    kind: Literal["form", "base", "routing", "mode", "flag"] = Field("flag", description="What changed.")
    items: tuple[str, ...] = Field((), description="Items concerned; omit = all.")


class Comparison(Model):
    """[[comparison]]: waves of the study against each other."""

    id: str
    waves: tuple[str, ...] = Field(description="Two to twenty waves in their order.")
    where: dict[str, Cells] = Field(default_factory=dict, description="Only these groups: group name -> groups.")
    items: Literal["common"] = "common"
    kind: Literal["repeated_cross_section", "panel"] = "repeated_cross_section"
    correction: Literal["holm", "bh"] = "holm"
    smallest_change_of_interest: float | None = Field(
        None,
        gt=0,
        description="Percentage points of a share, or units of a rating scale: smaller changes do not matter.",
    )
    note: Text = Field(default_factory=dict)
    crosswalk: tuple[Crosswalk, ...] = ()
    wave: tuple[WaveFacts, ...] = ()
    breaks: tuple[Break, ...] = ()


class RankingSettings(Model):
    model: str = "auto"
    level: float = Field(0.95, gt=0.5, lt=1)
    seed: int = Field(1, ge=0)


class RegressionSettings(Model):
    """[[model]]: a regression beside the ranking."""

    name: str = Field(min_length=1, description="Short name in files and output.")
    title: Text = Field(default_factory=dict, description="What the model asks, as a heading of the report.")
    kind: Literal[
        "rank_ordered_logit",
        "set_choice_logit",
        "selection",
        "pick_any",
        "severity",
        "outcome",
        "drivers",
        "latent_classes",
        "tree",
    ]
    formula: str = Field("", description="What stands right of ~: groups of [wave.columns] and capability means.")
    wave: str | None = Field(None, description="Id of the wave; the last one that has the groups when omitted.")
    where: dict[str, Cells] = Field(default_factory=dict, description="Only these groups: group name -> groups.")
    items: tuple[str, ...] = Field((), description="Items that are looked at; omit = all.")
    reference: dict[str, str] = Field(default_factory=dict, description="Group name -> the level others are held to.")
    levels: dict[str, Cells] = Field(default_factory=dict, description="Group name -> its levels in their order.")
    reference_item: str | None = Field(None, description="Worths are compared with this item; omit = with their mean.")
    numeric: Cells = Field((), description="Groups whose values are numbers.")
    unknown: dict[str, Cells] = Field(default_factory=dict, description="Group name -> values that mean: not known.")
    missing: Literal["complete", "impute"] = Field("complete", description="Complete cases, or multiple imputation.")
    imputations: int = Field(20, ge=2, le=200)
    level: float | None = Field(None, gt=0.5, lt=1, description="Confidence level; that of [ranking] when omitted.")
    correction: Literal["holm", "bh", "none"] = Field("holm", description="Within the family of all rows.")
    link: Literal["logit", "probit", "identity"] | None = Field(None, description="severity and outcome.")
    outcome: str | None = Field(None, description="outcome and drivers: a capability mean, or a group of numbers.")
    ties: Literal["davidson-luce", "efron", "breslow", "exact"] = Field(
        "davidson-luce", description="rank_ordered_logit: how items with equal ranks are read."
    )
    item_formula: str | None = Field(
        None, description="rank_ordered_logit: worths by what items are: category, and the names of item_values."
    )
    item_values: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="Name -> item id -> its number, for item_formula."
    )
    by_item: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Name -> item id -> group whose number belongs to that item."
    )
    nominal: Cells = Field((), description="severity: terms with an effect of their own at every threshold.")
    spread: Cells = Field((), description="severity: terms on which the spread of the answers may depend.")
    random: str | None = Field(None, description="outcome: group with random effects, such as department.")
    classes: int = Field(4, ge=1, le=8, description="latent_classes: the most that are tried.")
    bootstrap: int | None = Field(None, ge=0, le=10_000, description="Samples drawn for intervals and tests.")
    seed: int | None = Field(None, ge=0)


class ReportSettings(Model):
    kind: Literal["research", "gap", "change"]
    wave: str | None = None
    comparison: str | None = None
    by: str | None = None
    language: str | None = None
    output: str | None = None
    format: Cells = ("pdf",)
    page_size: Literal["A4", "Letter"] = "A4"


class StudySettings(Model):
    """The whole study file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    study: StudyFacts
    obstacles: Obstacles = Obstacles()
    capability: Capability | None = None
    wave: tuple[WaveSettings, ...] = Field(min_length=1)
    quality: Quality = Quality()
    weights: Weights = Weights()
    design: DesignSettings = DesignSettings()
    groups: Groups = Groups()
    privacy: Privacy = Privacy()
    comparison: tuple[Comparison, ...] = ()
    ranking: RankingSettings = RankingSettings()
    model: tuple[RegressionSettings, ...] = ()
    report: tuple[ReportSettings, ...] = ()


SECTIONS: tuple[type[Model], ...] = (StudySettings, StudyFacts, Obstacles, WaveSettings)
