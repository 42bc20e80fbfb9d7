"""Every code of a message, from the messages themselves: what it says, an example, and what to do."""

from __future__ import annotations

from obstacles.cli.codes.pages import CodePage, codes, page_of

HEAD = """# Codes

Every message has a code. Its first letter says how grave it is: **E** stops, **A** stops and asks for a key of the
study file, **W** warns, **I** tells. `obstacles explain CODE` prints the same on a terminal. ‹words› stand for what
differs from case to case.
"""


def codes_page() -> str:
    """The page as Markdown."""
    return "\n".join([HEAD, *(_part(page_of(code)) for code in codes())])


def _part(page: CodePage) -> str:
    causes, cures = ("\n".join(f"- {_plain(text)}" for text in texts) for texts in (page.causes, page.cures))
    example = f"```text\n{page.example}\n```"
    return f"## {page.code}\n\n{causes}\n\nExample:\n\n{example}\n\nWhat to do:\n\n{cures}\n"


def _plain(text: str) -> str:
    return text.replace("[[", "\\[\\[").replace("<", "&lt;").replace("|", "\\|")
