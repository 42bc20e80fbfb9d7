"""What a study file may say, as frozen pydantic models. `survey.studyfile.read` reads it; descriptions feed editors."""

from obstacles.survey.settings.capability import Capability, CapabilityColumns, CapabilityItem
from obstacles.survey.settings.comparison import Comparison, Crosswalk, ItemsAt, WaveFacts
from obstacles.survey.settings.formats import BestWorstColumns, PairsColumns, ScaleLevel
from obstacles.survey.settings.model import RegressionSettings
from obstacles.survey.settings.question import ItemSettings, Obstacles
from obstacles.survey.settings.sample import Flag
from obstacles.survey.settings.study import ReportSettings, StudySettings
from obstacles.survey.settings.values import (
    Blank,
    CrosswalkStatus,
    Direction,
    InvalidRanking,
    ItemOrder,
    ReplicateKind,
    ReportName,
)
from obstacles.survey.settings.wave import AnchorColumns, WaveSettings

__all__ = [
    "AnchorColumns",
    "BestWorstColumns",
    "Blank",
    "Capability",
    "CapabilityColumns",
    "CapabilityItem",
    "Comparison",
    "Crosswalk",
    "CrosswalkStatus",
    "Direction",
    "Flag",
    "InvalidRanking",
    "ItemOrder",
    "ItemSettings",
    "ItemsAt",
    "Obstacles",
    "PairsColumns",
    "RegressionSettings",
    "ReplicateKind",
    "ReportName",
    "ReportSettings",
    "ScaleLevel",
    "StudySettings",
    "WaveFacts",
    "WaveSettings",
]
