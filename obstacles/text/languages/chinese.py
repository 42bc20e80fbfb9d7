"""Chinese, simplified: marks as in GB/T 15834, no space between sentences or before a percent sign."""

from __future__ import annotations

from obstacles.text.languages.base import N_, Language

LANGUAGE = Language(
    code="zh",
    locale="zh_Hans_CN",
    tag="zh-CN",
    quotes=("“", "”"),
    full_stop="。",
    between_sentences="",
    between_clauses="；",
    between_phrases="，",
    between_names="、",
    before_percent="",
    clauses_end_with_and=False,
    letters="\u4e00-\u9fff",
    east_asian=True,
    fonts=("Noto Sans CJK SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Source Han Sans SC"),
    office_font="Microsoft YaHei",
    no_font=N_(
        "no installed font has Chinese characters, so that the pages would be boxes: no report is made. "
        "Install one (Debian and Ubuntu: apt-get install fonts-noto-cjk; macOS and Windows have one) and run "
        "the command again; `obstacles doctor` says what is found."
    ),
)
