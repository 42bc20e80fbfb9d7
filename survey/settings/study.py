"""The whole study file, [study] and [[report]]."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from obstacles.survey.settings.capability import Capability
from obstacles.survey.settings.comparison import Comparison
from obstacles.survey.settings.model import RankingSettings, RegressionSettings
from obstacles.survey.settings.question import Obstacles
from obstacles.survey.settings.sample import DesignSettings, Groups, Privacy, Quality, Weights
from obstacles.survey.settings.values import Audience, Cells, Model, ReportName, Text
from obstacles.survey.settings.wave import WaveSettings


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
    note: Text = Field(default_factory=dict, description="For readers of this file; reports do not print it.")


class ReportSettings(Model):
    kind: ReportName
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

    @property
    def audience(self) -> Audience:
        """For whom files are made: as stated; else the organisation where its capability or headcounts are known."""
        staff = self.capability is not None or self.groups.size is not None
        return self.privacy.audience or ("organisation" if staff else "owner")
