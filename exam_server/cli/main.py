"""The commands together."""

import typer
from typer import rich_utils

from exam_server.cli import (
    analyse,
    bench,
    calibrate,
    demo,
    dif,
    doctor,
    equate,
    exam,
    forensics,
    items,
    link,
    load,
    migrate,
    rehearse,
    roster,
    schema,
    score,
    scoring,
    serve,
    staff,
)
from exam_server.cli.words import say

rich_utils.OPTIONS_PANEL_TITLE = say("panel_options")
rich_utils.ARGUMENTS_PANEL_TITLE = say("panel_arguments")
rich_utils.COMMANDS_PANEL_TITLE = say("panel_commands")
rich_utils.ERRORS_PANEL_TITLE = say("panel_error")

app = typer.Typer(
    name="khaothi",
    help=say("help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo", help=say("help_demo"))(demo.demo)
app.command("serve", help=say("help_serve"))(serve.serve)
app.command("migrate", help=say("help_migrate"))(migrate.migrate)
app.add_typer(items.app, name="items", help=say("help_items"))
app.add_typer(roster.app, name="roster", help=say("help_roster"))
app.add_typer(exam.app, name="exam", help=say("help_exam"))
app.add_typer(staff.app, name="staff", help=say("help_staff"))
app.command("doctor", help=say("help_doctor"))(doctor.doctor)
app.add_typer(bench.app, name="bench", help=say("help_bench"))
app.add_typer(rehearse.app, name="rehearse", help=say("help_rehearse"))
app.command("load", help=say("help_load"))(load.load)
app.command("forensics", help=say("help_forensics"))(forensics.forensics)
app.command("dif", help=say("help_dif"))(dif.dif)
app.command("calibrate", help=say("help_calibrate"))(calibrate.calibrate)
app.command("score", help=say("help_score"))(score.score)
app.command("link", help=say("help_link"))(link.link)
app.add_typer(scoring.app, name="scoring", help=say("help_scoring"))
app.command("equate", help=say("help_equate"))(equate.equate)
app.command("analyse", help=say("help_analyse"))(analyse.analyse)
app.command("export-schema", help=say("help_export_schema"))(schema.export)
