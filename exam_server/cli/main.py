"""The commands together."""

import typer

from exam_server.cli import items, migrate, serve
from exam_server.cli.words import say

app = typer.Typer(
    name="khaothi",
    help=say("help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("serve", help=say("help_serve"))(serve.serve)
app.command("worker", hidden=True)(serve.worker)
app.command("migrate", help=say("help_migrate"))(migrate.migrate)
app.add_typer(items.app, name="items", help=say("help_items"))
