"""Logging in: what is told, what is not, and how often one may try."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from exam_server.actions.attempts import WINDOW
from exam_server.actions.staff import SESSION, add_staff, hash_password, password_matches
from exam_server.app import create_app
from exam_server.clock import FakeClock
from exam_server.config import Config
from exam_server.core.access import Role
from exam_server.demo.build import USERNAMES
from exam_server.errors import Conflict, Invalid
from exam_server.web.sessions import (
    CANDIDATE_COOKIE,
    CANDIDATE_HOURS,
    STAFF_COOKIE,
    Ticket,
    read_ticket,
    sign_ticket,
)
from tests.exam_server.school import LOGINS, School, problem


async def test_a_candidate_logs_in_and_out(school: School) -> None:
    reply = await school.candidate("120001")
    body = await reply.json()
    assert (reply.status, body["number"], body["exam"]) == (200, "120001", "Giữa kỳ 1")
    browser = school.browser("120001")
    assert await (await browser.get("/api/candidate/me")).json() == body
    assert (await browser.post("/api/candidate/logout")).status == 204
    assert (await problem(await browser.get("/api/candidate/me"), 401))["code"] == "login_needed"


async def test_the_cookie_is_for_this_site_only(school: School) -> None:
    cookie = (await school.candidate("120001")).cookies[CANDIDATE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (
        True,
        "Strict",
        "/",
        "",
    )
    public = Config(public_url="https://thi.example.edu.vn")
    app = create_app(public, school.database, school.secrets, school.clock)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as browser:
        body = {"number": "120001", "pin": LOGINS.pins["120001"]}
        reply = await browser.post(
            "/api/candidate/login", json=body, headers={"Origin": "https://thi.example.edu.vn"}
        )
        assert reply.cookies[CANDIDATE_COOKIE]["secure"] is True
        assert "max-age" in reply.headers["Strict-Transport-Security"]


async def test_nothing_tells_whether_a_number_exists(school: School) -> None:
    wrong = await problem(await school.candidate("120001", "000000"), 401)
    unknown = await problem(await school.candidate("999999", "000000"), 401)
    assert wrong == unknown
    assert wrong["code"] == "wrong_number_or_pin"
    for _ in range(4):
        await school.candidate("120001", "000000")
        await school.candidate("999999", "000000")
    assert await problem(await school.candidate("120001", "000000"), 429) == await problem(
        await school.candidate("999999", "000000"), 429
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/candidate/login", {"number": "1" * 101, "pin": "1"}),
        ("/api/candidate/login", {"number": "\x00", "pin": "1"}),
        ("/api/login", {"username": "a" * 101, "password": "1"}),
        ("/api/login", {"username": "\x00", "password": "1"}),
    ],
)
async def test_what_no_name_can_be_is_refused(school: School, path: str, body: dict[str, str]) -> None:
    await problem(await school.browser().post(path, json=body), 422)


async def test_five_wrong_pins_and_even_the_right_one_must_wait(school: School) -> None:
    for _ in range(5):
        assert (await school.candidate("120001", "000000")).status == 401
    reply = await school.candidate("120001")
    assert (await problem(reply, 429))["code"] == "too_many_logins"
    assert int(reply.headers["Retry-After"]) == WINDOW.total_seconds()
    assert (await school.candidate("120002")).status == 200
    school.clock.advance(minutes=14)
    reply = await school.candidate("120001")
    assert int(reply.headers["Retry-After"]) == 60
    school.clock.advance(minutes=1, seconds=1)
    assert (await school.candidate("120001")).status == 200


async def test_a_neighbour_s_tries_lock_only_the_neighbour_s_pc(school: School) -> None:
    app = create_app(Config(public_url="http://proxy"), school.database, school.secrets, school.clock)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as browser:

        async def enter(pin: str, address: str) -> int:
            body = {"number": "120001", "pin": pin}
            headers = {"X-Forwarded-For": f"6.6.6.6, {address}"}
            return (await browser.post("/api/candidate/login", json=body, headers=headers)).status

        assert [await enter("000000", "10.0.0.7") for _ in range(6)] == [401] * 5 + [429]
        assert await enter(LOGINS.pins["120001"], "10.0.0.8") == 200
        others = [await enter("000000", f"10.0.1.{place}") for place in range(16)]
        assert others == [401] * 15 + [429]


async def test_a_forged_address_evades_no_limit(school: School) -> None:
    """The server is reached directly, and whoever asks says in a header that it is someone else each time."""
    config = Config(public_url="http://proxy", proxies=(ip_network("192.0.2.1"),))
    app = create_app(config, school.database, school.secrets, school.clock)
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as browser:
        tries = [
            await browser.post(
                "/api/candidate/login",
                json={"number": "120001", "pin": "000000"},
                headers={"X-Forwarded-For": f"10.0.0.{place}"},
            )
            for place in range(6)
        ]
    assert [reply.status for reply in tries] == [401] * 5 + [429]


async def test_a_new_pin_ends_old_sessions_and_the_wait(school: School) -> None:
    await school.candidate("120001")
    assert [(await school.candidate("120001", "000000", "thief")).status for _ in range(6)][-1] == 429
    invigilator = await school.staff(Role.INVIGILATOR)
    room = await (await invigilator.get(f"/api/shifts/{school.shift.id}/room")).json()
    sitting = next(seat["sitting"] for seat in room["seats"] if seat["number"] == "120001")
    command = {"command": "reset_pin", "reason": "quên mã PIN", "sittings": [sitting]}
    reply = await invigilator.post(f"/api/shifts/{school.shift.id}/commands", json=command)
    pin = (await reply.json())["pins"][str(sitting)]
    assert (await school.browser("120001").get("/api/candidate/me")).status == 401
    assert (await school.candidate("120001")).status == (200 if pin == LOGINS.pins["120001"] else 401)
    assert (await school.candidate("120001", pin)).status == 200


async def test_a_forged_or_expired_cookie_is_no_login(school: School) -> None:
    now = school.clock.now()
    good = Ticket(1, 1, int(now.timestamp()) + 60)
    value = sign_ticket(school.secrets.cookie_key, good)
    assert read_ticket(school.secrets.cookie_key, value, now) == good
    forged = sign_ticket(b"x" * 32, good)
    expired = sign_ticket(school.secrets.cookie_key, Ticket(1, 1, int(now.timestamp())))
    for cookie in (
        forged,
        expired,
        value[:-2],
        f"{value.split('.')[0]}.",
        "",
        ".",
        "á.b",
        "a.b",
        f"A{value}",
    ):
        reply = await school.browser("x").get(
            "/api/candidate/me", headers={"Cookie": f"{CANDIDATE_COOKIE}={cookie}"}
        )
        assert (await problem(reply, 401))["code"] == "login_needed", cookie


async def test_a_candidate_s_login_ends_by_itself(school: School) -> None:
    await school.candidate("120001")
    school.clock.advance(hours=CANDIDATE_HOURS)
    assert (await school.browser("120001").get("/api/candidate/me")).status == 401


async def test_staff_log_in_and_out(school: School) -> None:
    browser = await school.staff(Role.TEACHER)
    me = await (await browser.get("/api/me")).json()
    assert (me["username"], me["role"], me["permissions"]) == (
        "giaovien",
        "teacher",
        ["exams.read", "results.read"],
    )
    token = next(cookie.value for cookie in browser.session.cookie_jar if cookie.key == STAFF_COOKIE)
    assert (await browser.post("/api/logout")).status == 204
    stolen = {"Cookie": f"{STAFF_COOKIE}={token}"}
    assert (await problem(await school.browser().get("/api/me", headers=stolen), 401))[
        "code"
    ] == "login_needed"


async def test_a_staff_session_ends_by_itself(school: School) -> None:
    browser = await school.staff(Role.BOARD)
    school.clock.advance(seconds=SESSION.total_seconds())
    assert (await browser.get("/api/me")).status == 401


async def test_a_member_who_left_is_out_at_once(school: School) -> None:
    browser = await school.staff(Role.BOARD)
    async with school.database.connection() as connection:
        await connection.execute("UPDATE staff SET active = false")
    assert (await browser.get("/api/me")).status == 401
    body = {"username": USERNAMES[Role.BOARD], "password": LOGINS.passwords[Role.BOARD]}
    assert (await school.browser().post("/api/login", json=body)).status == 401


async def test_wrong_passwords_are_limited_and_look_alike(school: School) -> None:
    browser = school.browser()

    async def enter(username: str) -> int:
        return (
            await browser.post("/api/login", json={"username": username, "password": "sai-mat-khau"})
        ).status

    assert [await enter("hoidong") for _ in range(6)] == [401] * 5 + [429]
    assert [await enter("khong-co") for _ in range(6)] == [401] * 5 + [429]
    right = {"username": "HoiDong ", "password": LOGINS.passwords[Role.BOARD]}
    assert (await browser.post("/api/login", json=right)).status == 429
    school.clock.advance(seconds=WINDOW.total_seconds() + 1)
    assert (await browser.post("/api/login", json=right)).status == 200


def test_a_password_is_kept_as_argon2id() -> None:
    made = hash_password("mật khẩu dài")
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_matches("mật khẩu dài", made)
    assert not password_matches("mật khẩu dàl", made)
    assert made != hash_password("mật khẩu dài")


@pytest.mark.parametrize(
    ("username", "name", "password", "code"),
    [
        ("a b", "An", "12345678", "bad_username"),
        ("", "An", "12345678", "bad_username"),
        ("an", " ", "12345678", "bad_field"),
        ("an", "An", "1234567", "bad_password"),
        ("an", "An", "1" * 201, "bad_password"),
    ],
)
async def test_bad_accounts(school: School, username: str, name: str, password: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await add_staff(
            school.database,
            username=username,
            name=name,
            role=Role.TEACHER,
            password=password,
            actor="test",
            now=school.clock.now(),
        )


async def test_a_username_is_given_once(school: School, clock: FakeClock) -> None:
    with pytest.raises(Conflict, match="username_taken"):
        await add_staff(
            school.database,
            username="HOIDONG",
            name="Ai",
            role=Role.BOARD,
            password="12345678",
            actor="test",
            now=clock.now() + timedelta(days=1),
        )
