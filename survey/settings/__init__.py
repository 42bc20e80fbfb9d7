"""What a study file may say, as frozen pydantic models. `survey.studyfile.read` reads it; descriptions feed editors."""

from obstacles.survey.settings.capability import Capability as Capability
from obstacles.survey.settings.capability import CapabilityColumns as CapabilityColumns
from obstacles.survey.settings.capability import CapabilityItem as CapabilityItem
from obstacles.survey.settings.comparison import Comparison as Comparison
from obstacles.survey.settings.comparison import Crosswalk as Crosswalk
from obstacles.survey.settings.comparison import ItemsAt as ItemsAt
from obstacles.survey.settings.comparison import WaveFacts as WaveFacts
from obstacles.survey.settings.formats import BestWorstColumns as BestWorstColumns
from obstacles.survey.settings.formats import PairsColumns as PairsColumns
from obstacles.survey.settings.formats import ScaleLevel as ScaleLevel
from obstacles.survey.settings.model import RegressionSettings as RegressionSettings
from obstacles.survey.settings.question import ItemSettings as ItemSettings
from obstacles.survey.settings.question import Obstacles as Obstacles
from obstacles.survey.settings.sample import Flag as Flag
from obstacles.survey.settings.study import ReportSettings as ReportSettings
from obstacles.survey.settings.study import StudySettings as StudySettings
from obstacles.survey.settings.values import Blank as Blank
from obstacles.survey.settings.values import CrosswalkStatus as CrosswalkStatus
from obstacles.survey.settings.values import Direction as Direction
from obstacles.survey.settings.values import InvalidRanking as InvalidRanking
from obstacles.survey.settings.values import ItemOrder as ItemOrder
from obstacles.survey.settings.values import ReplicateKind as ReplicateKind
from obstacles.survey.settings.values import ReportName as ReportName
from obstacles.survey.settings.wave import AnchorColumns as AnchorColumns
from obstacles.survey.settings.wave import WaveSettings as WaveSettings
