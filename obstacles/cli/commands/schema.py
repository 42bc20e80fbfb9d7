"""`obstacles schema`: the JSON Schema of the study file."""

from __future__ import annotations

import json

import click

from obstacles.text.language import _


@click.command("schema", help=_("Print the JSON Schema of the study file, for editors."))
def command() -> None:
    from obstacles.survey.studyfile.read import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
