"""Rank obstacles from survey answers, with confidence sets for ranks, and make the report.

The public names, for notebooks and scripts, stand in `__init__.pyi`; each is imported when it is first used (PEP 562,
by lazy_loader), so that `import obstacles` costs nothing:

>>> import obstacles
>>> study = obstacles.load_study("study.toml")      # doctest: +SKIP
>>> ranking = obstacles.rank(study)                 # doctest: +SKIP
>>> ranking.to_frame()                              # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

from obstacles.analysis.drawing import draw_by

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_public, _names, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["__version__"]


def __getattr__(name: str) -> object:
    if name != "__version__":
        return _public(name)
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("obstacle-ranking")
    except PackageNotFoundError:
        return "0+unknown"  # a checkout that was not installed


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _plot(result: object, **options: object) -> Figure:
    """What `result.plot()` calls: the rooms of results know no charts."""
    from obstacles.reports.plots import plot

    return plot(result, **options)


draw_by(_plot)
