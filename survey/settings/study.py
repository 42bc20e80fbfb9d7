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

    id: str = Field(
        "", description="Short name in files and output; if omitted the file's, for study.toml the folder's."
    )
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
    contact: str | None = Field(None, description="Who answers questions about the study.")
    source: Text = Field(default_factory=dict, description="Where the data come from, as a citation.")
    licence: Text = Field(default_factory=dict, description="Licence of the data.")
    synthetic: bool = Field(False, description="The data are made up; every page of a report says so.")
    note: Text = Field(default_factory=dict, description="For readers of this file; reports do not print it.")


class ReportSettings(Model):
    kind: ReportName = Field(description="Which report.")
    wave: str | None = Field(None, description="Id of the wave; the last one when omitted.")
    comparison: str | None = Field(None, description="Id of the comparison; the first when omitted.")
    by: str | None = Field(None, description="gap: the group that has a report each.")
    language: str | None = Field(None, description="Language of the report; the first of the study when omitted.")
    output: str | None = Field(None, description="File or folder that is written.")
    format: Cells = Field(("pdf",), description="Forms that are written: pdf, html, json, csv, xlsx, docx.")
    page_size: Literal["A4", "Letter"] = Field("A4", description="Paper of PDF reports.")


class StudySettings(Model):
    """The whole study file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    study: StudyFacts = Field(description="What the study is, for the checklists of reports.")
    obstacles: Obstacles = Field(Obstacles(), description="The question and its items.")
    capability: Capability | None = Field(None, description="What people can do, and what their work asks for.")
    wave: tuple[WaveSettings, ...] = Field(
        min_length=1, description="A file of answers; several are in the order of time."
    )
    quality: Quality = Field(Quality(), description="Careless and unusable answers.")
    weights: Weights = Field(Weights(), description="How respondents are weighted.")
    design: DesignSettings = Field(DesignSettings(), description="How respondents were drawn.")
    groups: Groups = Field(Groups(), description="By whom figures are shown.")
    privacy: Privacy = Field(Privacy(), description="What is hidden in files for others.")
    comparison: tuple[Comparison, ...] = Field((), description="Waves that are compared.")
    ranking: RankingSettings = Field(RankingSettings(), description="How the obstacles are ranked.")
    model: tuple[RegressionSettings, ...] = Field((), description="A regression: who finds which obstacle hard.")
    report: tuple[ReportSettings, ...] = Field((), description="A report that is made without further words.")

    @property
    def audience(self) -> Audience:
        """For whom files are made: as stated; else the organisation where its capability or headcounts are known."""
        staff = self.capability is not None or self.groups.size is not None
        return self.privacy.audience or ("organisation" if staff else "owner")
