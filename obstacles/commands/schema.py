"""`obstacles schema`: the JSON Schema of the study file."""

from __future__ import annotations

import json

import click

from survey.language import _


@click.command("schema", help=_("Print the JSON Schema of the study file, for editors."))
def command() -> None:
    from survey.studyfile import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
