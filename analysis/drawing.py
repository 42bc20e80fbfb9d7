"""How a result is drawn: said by a room that knows charts, as this one knows none.

`import obstacles` says it; `Ranking.plot` and its like ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[..., "Figure"]
_known: dict[str, Draw] = {}


def draw_by(draw: Draw) -> None:
    """From here on, `draw(result, **options)` makes the charts of results."""
    _known["draw"] = draw


def drawn(result: object, **options: object) -> Figure:
    """The chart of a result."""
    return _known["draw"](result, **options)
