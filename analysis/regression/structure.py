"""Results of models that look for groups of respondents: latent classes, and the nodes of a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from obstacles.analysis.regression.result import About, Check, TermTest, about_dict, check_dict, cleaned, term_dict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ClassItem:
    """The worth of an item in a class: the probability of being first, with its interval."""

    item: str
    worth: float
    low: float
    high: float


@dataclass(frozen=True)
class Profile:
    """The share of a class in one group."""

    group: str
    level: str
    share: float
    low: float
    high: float
    base: int


@dataclass(frozen=True)
class LatentClass:
    share: float
    low: float
    high: float
    items: tuple[ClassItem, ...]  # from the largest worth to the smallest
    profile: tuple[Profile, ...]


@dataclass(frozen=True)
class Candidate:
    """One number of classes that was tried."""

    classes: int
    log_likelihood: float
    parameters: int
    bic: float


@dataclass(frozen=True)
class Classes:
    """The classes chosen, the largest first."""

    about: About
    items: Mapping[str, str]  # id -> label
    candidates: tuple[Candidate, ...]
    pseudo: bool  # log-likelihood and BIC are those of weighted or clustered answers
    bootstrap_p: float | None  # of one class fewer; None where no bootstrap was made
    bootstrap_samples: int
    entropy: float  # 1 = every respondent's class is certain, 0 = nothing is known
    classes: tuple[LatentClass, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            **about_dict(self.about),
            "candidates": [cleaned(asdict(one)) for one in self.candidates],
            "bic_kind": "pseudo" if self.pseudo else "exact",
            "bootstrap_p": self.bootstrap_p,
            "bootstrap_samples": self.bootstrap_samples,
            "entropy": self.entropy,
            "classes": [asdict(one) for one in self.classes],
            "checks": [check_dict(check) for check in self.checks],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per class and item."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"class": i, "share": one.share, **asdict(item)}
                for i, one in enumerate(self.classes, 1)
                for item in one.items
            ]
        )


@dataclass(frozen=True)
class Node:
    """One node; leaves have no `variable`."""

    id: int
    parent: int | None
    rule: str  # how respondents come here from the parent: "grade: Senior", "age > 40"
    base: int
    share: float  # of the respondents used, weighted
    items: tuple[ClassItem, ...]  # worths, from the largest to the smallest
    tests: tuple[TermTest, ...]
    variable: str | None
    children: tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    about: About
    items: Mapping[str, str]
    nodes: tuple[Node, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]

    @property
    def leaves(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.variable is None)

    def path(self, node: Node) -> tuple[str, ...]:
        """The rules from the root to a node."""
        rules: list[str] = []
        while node.parent is not None:
            rules.insert(0, node.rule)
            node = self.nodes[node.parent]
        return tuple(rules)

    def to_dict(self) -> dict[str, Any]:
        return {
            **about_dict(self.about),
            "nodes": [
                {
                    **{key: value for key, value in asdict(node).items() if key != "tests"},
                    "tests": [term_dict(test) for test in node.tests],
                }
                for node in self.nodes
            ],
            "checks": [check_dict(check) for check in self.checks],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per leaf and item."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"group": " / ".join(self.path(leaf)), "base": leaf.base, "share": leaf.share, **asdict(item)}
                for leaf in self.leaves
                for item in leaf.items
            ]
        )
