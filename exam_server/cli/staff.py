"""``khaothi staff``: accounts, and who has which shift and class."""

import os
import sys
from typing import Annotated

import typer

from exam_server.actions import staff
from exam_server.cli.options import Data
from exam_server.cli.screen import screen
from exam_server.cli.session import ACTOR, Session, in_session
from exam_server.cli.words import say
from exam_server.core.access import Role
from exam_server.errors import Invalid

app = typer.Typer(no_args_is_help=True)

PASSWORD_VARIABLE = "KHAOTHI_PASSWORD"  # noqa: S105 -- the name of a variable, not a password

Username = Annotated[str, typer.Argument(metavar="USERNAME", help=say("argument_username"))]
Name = Annotated[str, typer.Option("--name", help=say("option_staff_name"))]
RoleOption = Annotated[Role, typer.Option("--role", help=say("option_role"))]
ShiftId = Annotated[int | None, typer.Option("--shift", metavar="ID", help=say("option_assign_shift"))]
ClassName = Annotated[str | None, typer.Option("--class", metavar="NAME", help=say("option_assign_class"))]


@app.command("add", help=say("help_staff_add"))
def add(username: Username, name: Name, role: RoleOption, data: Data = None) -> None:
    """Add an account; the password comes from KHAOTHI_PASSWORD or is asked for."""
    password = os.environ.get(PASSWORD_VARIABLE) or _ask_password()

    async def work(session: Session) -> None:
        await staff.add_staff(
            session.database,
            username=username,
            name=name,
            role=role,
            password=password,
            actor=ACTOR,
            now=session.clock.now(),
        )

    in_session(data, work)
    screen().print(say("staff_added", username=username))


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise Invalid("password_needed")
    return typer.prompt(say("ask_password"), hide_input=True, confirmation_prompt=say("ask_password_again"))


@app.command("assign", help=say("help_staff_assign"))
def assign(
    username: Username, shift: ShiftId = None, class_name: ClassName = None, data: Data = None
) -> None:
    """Give an invigilator a shift, or a teacher a class."""
    if (shift is None) == (class_name is None):
        raise typer.BadParameter(say("assign_one"))

    async def work(session: Session) -> None:
        now, database = session.clock.now(), session.database
        if shift is not None:
            await staff.assign_shift(database, username=username, shift_id=shift, actor=ACTOR, now=now)
        if class_name is not None:
            await staff.assign_class(database, username=username, class_name=class_name, actor=ACTOR, now=now)

    in_session(data, work)
    screen().print(say("staff_assigned", username=username))
