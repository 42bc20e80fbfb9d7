"""Built-in questionnaires: items with labels in two languages, merged into a study that names one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from obstacles.survey.settings import Obstacles, StudySettings
from obstacles.survey.settings.values import Model

T = TypeVar("T", bound=Model)
FOLDER = Path(__file__).parent / "instruments"


def instruments() -> tuple[str, ...]:
    """The names of the built-in instruments."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def instrument_tables(name: str) -> dict[str, Any]:
    """A built-in instrument as the tables of a study file. Raises KeyError for an unknown name."""
    if name not in instruments():
        raise KeyError(name)
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_instrument(name: str) -> Obstacles:
    """The obstacles of a built-in instrument. Raises KeyError for an unknown name."""
    return Obstacles.model_validate(instrument_tables(name)["obstacles"])


def with_instrument(settings: StudySettings) -> StudySettings:
    """The settings with the items, categories and words of the instrument that they name.

    What the study file says itself wins: an item of the same id replaces the parts of the instrument's that it gives,
    other items are added at the end. `select` keeps some of the instrument's items, in the order of the study file.
    """
    own = settings.obstacles
    if own.instrument is None or own.instrument not in instruments():
        return settings
    built_in = read_instrument(own.instrument)
    chosen = {item.id: item for item in built_in.item if not own.select or item.id in own.select}
    if own.select:
        chosen = {id: chosen[id] for id in own.select if id in chosen}
    for item in own.item:
        chosen[item.id] = with_own(chosen[item.id], item) if item.id in chosen else item
    merged = built_in.model_copy(
        update={
            **own.model_dump(exclude_unset=True, include=set(Obstacles.model_fields) - {"item", "category"}),
            "item": tuple(chosen.values()),
            "category": {**built_in.category, **own.category},
        }
    )
    return settings.model_copy(update={"obstacles": merged})


def with_own(item: T, own: T) -> T:
    """An item with what the study file says of it."""
    return item.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
