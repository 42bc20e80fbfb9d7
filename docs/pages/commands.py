"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import click

from obstacles.cli.main import COMMANDS, cli

HEAD = """# Command line

Every command has `--help`, and `obstacles --language zh ...` speaks Chinese. Exit codes: 0 done; 2 the data, or a word
typed, is wrong; 3 the study file is wrong; 1 anything else.
"""


def commands_page() -> str:
    """The page as Markdown."""
    context = click.Context(cli, info_name="obstacles")
    parts = [HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(f"## `obstacles {name}`\n\n{_plain(command.help or '')}\n")
        parts.append(f"```text\n{command.get_usage(inner)}\n```\n")
        records = [record for one in command.get_params(inner) if (record := one.get_help_record(inner))]
        parts.append("| option | meaning |\n|---|---|")
        parts.append("\n".join(f"| `{_plain(words)}` | {_plain(text)} |" for words, text in records) + "\n")
    return "\n".join(parts)


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("[[", "\\[\\[")
