"""What surrounds every request: headers, origins, limits, languages, logs."""

import json
from collections.abc import AsyncGenerator
from io import StringIO

import pytest

from exam_server import errors
from exam_server.core.access import Role
from exam_server.logging import configure_logging
from exam_server.web.bodies import JSON_LIMIT
from exam_server.web.problems import STATUS
from exam_server.web.static import STATIC
from tests.exam_server.school import LOGINS, School, problem


def test_every_error_has_a_status() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)} - {errors.KhaoThiError}
    assert set(STATUS) == kinds


async def test_every_reply_carries_the_headers_that_browsers_obey(school: School) -> None:
    browser = school.browser()
    for path in ("/", "/healthz", "/api/me", "/nowhere"):
        headers = (await browser.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert len(headers["X-Request-ID"]) == 16
        assert "aiohttp" not in headers["Server"]


async def test_replies_with_data_are_not_cached(school: School) -> None:
    browser = await school.staff(Role.BOARD)
    assert (await browser.get("/api/banks")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Origin": "{own}"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
    ],
)
async def test_other_sites_change_nothing(school: School, headers: dict[str, str], refused: bool) -> None:
    own = str(school.server.make_url("/")).rstrip("/")
    sent = {name: value.format(own=own) for name, value in headers.items()}
    reply = await school.browser().post(
        "/api/candidate/login", json={"number": "1", "pin": "1"}, headers=sent
    )
    code = (await problem(reply, 403 if refused else 401))["code"]
    assert code == ("foreign_origin" if refused else "wrong_number_or_pin")


async def test_a_bad_body_names_its_field(school: School) -> None:
    browser = school.browser()
    reply = await browser.post("/api/login", json={"username": "x"})
    assert (await problem(reply, 422))["place"] == "password"
    reply = await browser.post("/api/login", json={"username": "x", "password": 5})
    assert (await problem(reply, 422))["place"] == "password"
    reply = await browser.post("/api/login", json={"username": "x", "password": "y", "more": 1})
    assert (await problem(reply, 422))["place"] == "more"
    reply = await browser.post("/api/login", data=b"{")
    assert (await problem(reply, 422))["code"] == "bad_json"


async def test_a_large_body_is_refused_whether_or_not_it_says_so(school: School) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(JSON_LIMIT // 1024 + 2):
            yield b" " * 1024

    browser = school.browser()
    for body in (b" " * (JSON_LIMIT + 1), chunks()):
        reply = await browser.post("/api/login", data=body)
        assert (await problem(reply, 413))["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("cookie", "header", "start"),
    [
        (None, None, "Hãy"),
        (None, "en-GB,en;q=0.9", "Please"),
        (None, "fr, en;q=0.5", "Please"),
        (None, "fr", "Hãy"),
        ("vi", "en", "Hãy"),
        ("en", "vi", "Please"),
    ],
)
async def test_the_caller_s_language(
    school: School, cookie: str | None, header: str | None, start: str
) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    cookies = {} if cookie is None else {"Cookie": f"lang={cookie}"}
    body = await problem(await school.browser().get("/api/me", headers={**headers, **cookies}), 401)
    assert body["message"].startswith(start)


async def test_what_is_not_there(school: School) -> None:
    browser = await school.staff(Role.BOARD)
    for path in ("/nowhere", "/api/items/9999999999999999999", "/api/assets/" + "0" * 64):
        assert (await problem(await browser.get(path), 404))["code"] == "not_found"
    assert (await browser.get("/assets/..%2f..%2fapp.py")).status == 404


async def test_the_pages(school: School) -> None:
    browser = school.browser()
    for path in ("/", "/staff", "/staff/exams/1"):
        reply = await browser.get(path)
        built = (STATIC / "index.html").exists()
        assert reply.status == (200 if built else 503)
        assert ("<html" if built else "make client") in await reply.text()


async def test_health_and_figures(school: School) -> None:
    browser = school.browser()
    assert (await browser.get("/healthz")).status == 200
    assert "khaothi_connections" in await (await browser.get("/metrics")).text()
    reply = await browser.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"})
    assert (await problem(reply, 403))["code"] == "metrics_closed"


async def test_health_tells_when_the_database_is_gone(school: School) -> None:
    await school.database.pool.close()
    assert (await problem(await school.browser().get("/healthz"), 503))["code"] == "database_away"


async def test_the_log_has_no_secrets(school: School) -> None:
    out = StringIO()
    configure_logging(out)
    try:
        await school.staff(Role.BOARD)
        await school.candidate("120001")
        await school.candidate("120002", "000001")
        await school.browser("120001").get("/api/candidate/me?pin=700001")
    finally:
        configure_logging()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {line["route"] for line in lines} >= {"/api/login", "/api/candidate/login", "/api/candidate/me"}
    cookies = [cookie.value for browser in school.browsers.values() for cookie in browser.session.cookie_jar]
    assert len(cookies) == 2
    keys = [school.secrets.pepper.decode(), school.secrets.cookie_key.decode()]
    for secret in (*cookies, *keys, LOGINS.passwords[Role.BOARD], LOGINS.pins["120001"], "000001", "120001"):
        assert secret not in out.getvalue()
