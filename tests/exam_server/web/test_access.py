"""Every route has a door, and every role finds the right ones closed."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from exam_server.core.access import Permission, Role, allowed
from exam_server.web.guard import Open, Route
from exam_server.web.routes import ROUTES
from tests.exam_server.school import School, problem

SHA = "0" * 64
FILLED = {"sha256": SHA, "name": "x.js", "page": "login"}


def path_of(route: Route) -> URL:
    """The route's path with something in every brace."""
    return URL(
        re.sub(r"\{(\w+)(:[^{}]*(\{\d+(,\d+)?\})?[^{}]*)?\}", lambda m: FILLED.get(m[1], "1"), route.path)
    )


async def ask(browser: TestClient[Any, Any], route: Route) -> tuple[int, str]:
    async with browser.request(route.method, path_of(route), data=b"") as reply:
        body = await reply.json() if reply.content_type == "application/json" else {}
        return reply.status, body.get("code", "")


async def test_the_application_has_these_routes_and_no_others(school: School) -> None:
    routes = {
        (route.method, route.resource.canonical)
        for route in school.server.app.router.routes()
        if route.resource
    }
    listed = {
        (route.method, re.sub(r":[^{}]*(\{\d+(,\d+)?\})?[^{}]*\}", "}", route.path)) for route in ROUTES
    }
    assert routes == listed
    assert len(ROUTES) == len(listed)


def test_every_route_says_who_may_come_in() -> None:
    for route in ROUTES:
        assert isinstance(route.access, Open) or route.access <= frozenset(Permission)
        assert route.access


def test_every_route_that_changes_something_limits_its_body() -> None:
    without_body = {"/api/logout", "/api/candidate/logout"}
    for route in ROUTES:
        assert (route.body_limit > 0) == (route.method == "POST" and route.path not in without_body), (
            route.path
        )


def test_what_is_open_to_everyone() -> None:
    public = {route.path.partition("{")[0] for route in ROUTES if route.access is Open.PUBLIC}
    assert public == {
        *("/", "/staff", "/staff/", "/assets/", "/favicon.svg", "/forms/", "/healthz", "/metrics"),
        *("/api/login", "/api/logout", "/api/candidate/login", "/api/candidate/logout"),
        *("/check", "/api/check", "/ws/check"),
        *("/room-test", "/api/rehearsal", "/api/rehearsal/proofs", "/api/rehearsal/report"),
    }


async def test_without_a_login_only_open_doors_open(school: School) -> None:
    browser = school.browser()
    for route in ROUTES:
        if route.access is Open.SOCKET:
            continue
        status, code = await ask(browser, route)
        assert ((status, code) == (401, "login_needed")) == (route.access is not Open.PUBLIC), route.path


@pytest.mark.parametrize("role", Role)
async def test_every_route_as_every_role(school: School, role: Role) -> None:
    browser = await school.staff(role)
    for route in ROUTES:
        if isinstance(route.access, Open):
            continue
        status, code = await ask(browser, route)
        may = any(allowed(role, permission) for permission in route.access)
        assert (code != "not_permitted") == may, (route.path, status, code)
        assert status != 401
        assert (status == 403) == (not may), (route.path, status, code)


async def test_a_candidate_is_no_member_of_staff(school: School) -> None:
    assert (await school.candidate("120001")).status == 200
    browser = school.browser("120001")
    for route in ROUTES:
        if route.access not in (Open.PUBLIC, Open.CANDIDATE, Open.SOCKET):
            assert await ask(browser, route) == (401, "login_needed"), route.path


async def test_an_invigilator_has_only_the_assigned_shifts(school: School) -> None:
    async with school.database.transaction() as connection:
        await connection.execute("DELETE FROM invigilation")
    browser = await school.staff(Role.INVIGILATOR)
    shift = school.shift.id
    assert (await (await browser.get("/api/shifts")).json())["shifts"] == []
    command = {"command": "start", "reason": "x"}
    for reply in (
        await browser.get(f"/api/shifts/{shift}/room"),
        await browser.get(f"/api/shifts/{shift}/log"),
        await browser.get(f"/api/shifts/{shift}/candidates"),
        await browser.post(f"/api/shifts/{shift}/commands", json=command),
    ):
        assert (await problem(reply, 403))["code"] == "not_your_shift"
    board = await school.staff(Role.BOARD)
    assert (await board.get(f"/api/shifts/{shift}/room")).status == 200


async def test_a_teacher_sees_only_classes_they_teach(school: School) -> None:
    browser = await school.staff(Role.TEACHER)
    exam = school.shift.exam_id
    assert len((await (await browser.get(f"/api/exams/{exam}/results")).json())["scripts"]) == 24
    async with school.database.transaction() as connection:
        await connection.execute("DELETE FROM teaching")
    assert (await (await browser.get("/api/exams")).json())["exams"] == []
    for path in (f"/api/exams/{exam}/results", f"/api/exams/{exam}/results.csv"):
        assert (await problem(await browser.get(path), 404))["code"] == "not_found"


async def test_a_teacher_sees_an_item_once_it_is_handed_in_and_nobody_may_sit_it(school: School) -> None:
    browser = await school.staff(Role.TEACHER)
    async with school.database.connection() as connection:
        item = await connection.fetchval("SELECT item_id FROM exam_item LIMIT 1")
        assert (await browser.get(f"/api/items/{item}")).status == 404
        await connection.execute("UPDATE sitting SET state = 'submitted' WHERE number = '120001'")
    assert (await browser.get(f"/api/items/{item}")).status == 404
    school.clock.advance(hours=8)
    assert (await (await school.staff(Role.TEACHER)).get(f"/api/items/{item}")).status == 200
