"""`obstacles explain CODE`: what a message with this code says, an example, and what to do."""

from __future__ import annotations

import click

from obstacles.cli.terminal import plain, prose, say
from obstacles.text.language import _
from obstacles.text.nearest import LOOSE, did_you_mean


@click.command("explain", help=_("Say what the code of a message means, and what to do."))
@click.argument("code", nargs=-1, required=True, metavar="CODE...")
def command(code: tuple[str, ...]) -> None:
    from obstacles.cli.codes.pages import codes, page_of

    known = codes()
    for place, typed in enumerate(code):
        name = typed.upper()
        if name not in known:
            message = _('there is no code "{code}". {hint}')
            raise click.UsageError(
                message.format(code=plain(typed), hint=did_you_mean(name, known, alike=LOOSE)).strip()
            )
        page = page_of(name)
        if place:
            say()
        say(_("{name}: {value}").format(name=page.code, value=page.severity))
        for title, texts in ((_("Cause"), page.causes), (_("Example"), (page.example,)), (_("What to do"), page.cures)):
            say()
            say(title)
            for text in texts:
                prose(text)
