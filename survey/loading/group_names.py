"""Names of groups that look wrong: spelling variants, letters of another script, and what Excel made of a size band.

They are proposals: nothing is merged by itself, because merging changes who may be shown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from obstacles.text.fold import fold
from obstacles.text.language import N_, _, in_quotes, quoted_names
from obstacles.text.nearest import nearest

EXCEL_DATE = re.compile(
    r"\d{1,2}[- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]\d{2}|\d{1,2}月\d{1,2}日",
    re.IGNORECASE,
)
PERSONAL = {
    N_("e-mail"): re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE),
    "IP": re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}", re.IGNORECASE),
    N_("phone"): re.compile(r"\+\d[\d ()/-]{7,}\d|1[3-9]\d{9}"),
}
LATIN_LIKE = {"CYRILLIC", "GREEK"}  # scripts with letters that look Latin


def doubtful_names(group: str, names: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """(code, message, count) for the names of one group column."""
    for variants in spelling_variants(names):
        message = _(
            "{names} are different groups of {group}. If they are one, add groups.aliases, as in {aliases}; otherwise "
            "small ones will be suppressed."
        )
        listed = _(" and ").join(map(in_quotes, variants))
        aliases = f"aliases = {{ {_toml(variants[0])} = [{', '.join(map(_toml, variants[1:]))}] }}"
        yield "W-GRP-02", message.format(names=listed, group=in_quotes(group), aliases=aliases), len(variants)
    mixed = [name for name in names if _mixed_scripts(name)]
    if mixed:
        message = _(
            "{names} of {group} mix letters that look alike but are of different alphabets. Correct them, or add "
            "groups.aliases."
        )
        yield "W-GRP-03", message.format(names=quoted_names(mixed[:5]), group=in_quotes(group)), len(mixed)
    dates = [name for name in names if EXCEL_DATE.fullmatch(name)]
    if dates and len(dates) < len(names):
        message = _(
            "{names} of {group} look like size bands that Excel has turned into dates (3-5 into 5-Mar). Export again "
            "as text, or add groups.aliases."
        )
        yield "W-GRP-05", message.format(names=quoted_names(dates[:5]), group=in_quotes(group)), len(dates)
    for kind, pattern in PERSONAL.items():
        found = sum(pattern.fullmatch(name) is not None for name in names)
        if found > len(names) / 2:
            message = _(
                "{group} looks like personal data ({kind}) and not like a group. Leave it out of [wave.columns]."
            )
            yield "W-PII-01", message.format(group=in_quotes(group), kind=_(kind)), found


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def spelling_variants(names: Sequence[str]) -> list[list[str]]:
    """Names that differ only in case, spaces and punctuation."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"[\s.\-_]+", "", fold(name)), []).append(name)
    return [group for key, group in groups.items() if key and len(group) > 1]


def _mixed_scripts(name: str) -> bool:
    """Whether one word holds both Latin letters and letters of a script that looks like it."""
    for word in name.split():
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
        if "LATIN" in scripts and scripts & LATIN_LIKE:
            return True
    return False


def renamed(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str | None]]:
    """Groups of one wave that the other lacks, each with the most similar of those that only the other has."""
    gone = [name for name in before if name and name not in after]
    new = [name for name in after if name and name not in before]
    return [(name, nearest(name, new)) for name in gone]
