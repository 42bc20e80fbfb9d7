"""What each kind of regression may be told in a study file: one line each; `analysis.regression.kinds` fits them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KindKeys:
    """Keys of a [[model]] that its kind knows beside those of every kind, and what it cannot do without."""

    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("formula",)  # one of these has to be stated; () = none
    links: tuple[str, ...] = ()  # values of `link`

    @property
    def explains_outcome(self) -> bool:
        """Whether a score is explained, so that it has to be named and answers stand among the covariates."""
        return "outcome" in self.keys


KINDS: dict[str, KindKeys] = {
    "rank_ordered_logit": KindKeys(
        ("ties", "item_formula", "item_values", "by_item", "reference_item"), ("formula", "item_formula", "by_item")
    ),
    "set_choice_logit": KindKeys(("reference_item",)),
    "selection": KindKeys(),
    "pick_any": KindKeys(),
    "severity": KindKeys(("link", "nominal", "spread"), links=("logit", "probit")),
    "outcome": KindKeys(("outcome", "random", "link"), links=("identity", "logit")),
    "drivers": KindKeys(("outcome",)),
    "latent_classes": KindKeys(("classes",), needs=()),
    "tree": KindKeys(),
}


def kinds_with(key: str) -> list[str]:
    """The kinds that know a key, in alphabetical order; none for a key of every kind."""
    return sorted(kind for kind, known in KINDS.items() if key in known.keys)
