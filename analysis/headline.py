"""What may be said of the first place: decided by tests, never by sorted point estimates."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.estimate import Test


@dataclass(frozen=True)
class Headline:
    """The strength of what can be said, and of whom; reports.sentences turns it into words.

    kind: "clear" the winner test names `leaders[0]`;
          "among" `leaders[0]` is first in the sample and within the best `worst_rank` by its simultaneous set;
          "shared" all of `leaders` could be first and nobody else could;
          "flat" `could_lead` of all items could be first: no obstacle stands out;
          "descriptive" no error is known: `leaders` only have the largest estimate in the table;
          "nothing" there is nothing to rank (no information, or everybody ties everything).
    """

    kind: str
    leaders: tuple[int, ...]  # indices into the items, in order of the estimate
    could_lead: int  # items whose simultaneous rank set contains 1
    worst_rank: int  # upper end of the leader's simultaneous set; 0 without sets
    winner_test: Test | None
    level: float
