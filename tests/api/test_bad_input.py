"""POST /v1/payments with everything that may be wrong in it: the code, and nothing moved.

After each refusal of a body or a key, the same key still takes a payment: it was never used.
"""

import json
import string
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

import asyncpg
import httpx2

from quid.kit.web import BODY_MAX
from tests.support.api import ORIGIN, PASSWORD
from tests.support.payers import PAYMENTS, Payer, Town, books_of, keyed, problem

Refused = tuple[str, int, str, str | None]
HUGE: Final = 10**30
LONG: Final = "9" * 5000

AMOUNTS: Final = {
    "0": "0",
    "-1": "-1",
    "$5,000.01": "500001",
    "0.001": "0.001",
    "13.68": "13.68",
    "1e3": "1e3",
    "1368.0": "1368.0",
    "-0": "-0",
    "text": '"1368"',
    "empty text": '""',
    "true": "true",
    "false": "false",
    "null": "null",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "list": "[1]",
    "object": '{"minor":1}',
    "2^53+1": str(2**53 + 1),
    "2^63": str(2**63),
    "2^64": str(2**64),
    "10^30": str(HUGE),
    "-10^30": str(-HUGE),
}
JSON_TEXT = {"Content-Type": "application/json"}


def body_of(payee: str, **changed: str) -> bytes:
    """Write a body in raw JSON, each member as given."""
    members = {"payee_id": json.dumps(payee), "amount": "100", "currency": '"USD"', **changed}
    return ("{" + ",".join(f'"{k}":{v}' for k, v in members.items()) + "}").encode()


async def send(client: httpx2.AsyncClient, body: object, key: str) -> httpx2.Response:
    """Send raw bytes (or chunks of them) as a payment."""
    content: Any = body
    return await client.post(PAYMENTS, content=content, headers={**JSON_TEXT, **keyed(key)})


async def refuses(
    ana: Payer,
    ben: Payer,
    admin: asyncpg.Connection,
    cases: Mapping[str, bytes],
    expected: tuple[int, str, str | None],
) -> None:
    """Send each body; check its refusal, that nothing moved, and that its key is still free."""
    status, code, field = expected
    for name, body in cases.items():
        key = str(uuid.uuid4())
        before = await books_of(admin)
        told = problem(await send(ana.http, body, key), status, code)
        assert told.get("field") == field, (name, told)
        assert told["money_moved"] == "no", name
        assert told["retryable"] is False, name
        assert await books_of(admin) == before, name
        paid = await ana.pay(ben.who, 1, key=key)
        assert paid.status_code == 201, (name, paid.text)
        assert "idempotency-replayed" not in paid.headers, name


async def test_amount_out_of_bounds_or_not_whole(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    cases = {name: body_of(ben.who.shown, amount=raw) for name, raw in AMOUNTS.items()}
    await refuses(ana, ben, admin, cases, (400, "INVALID_AMOUNT", "amount"))


async def test_five_thousand_dollars_pass_and_a_cent_more_does_not(town: Town, ben: Payer) -> None:
    rich = await town.payer("rich", funded_minor=1_000_000, tier=2)
    assert (await rich.pay(ben.who, 500_000)).status_code == 201
    told = problem(await rich.pay(ben.who, 500_001), 400, "INVALID_AMOUNT")
    assert "$5,000" in told["detail"]
    assert (await rich.balance())["available"] == 500_000


async def test_one_cent_passes(ana: Payer, ben: Payer) -> None:
    assert (await ana.pay(ben.who, 1)).status_code == 201


async def test_bytes_that_are_no_json(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    whole = body_of(ben.who.shown)
    cases = {
        "nothing": b"",
        "truncated": whole[:-1],
        "more after the end": whole + b"x",
        "byte order mark": b"\xef\xbb\xbf" + whole,
        "not UTF-8": whole.replace(b"USD", b"US\xff"),
        "UTF-16": whole.decode().encode("utf-16"),
        "single quotes": whole.replace(b'"', b"'"),
        "trailing comma": whole[:-1] + b",}",
        "comment": b"/* pay */" + whole,
        "leading zeros": body_of(ben.who.shown, amount="0100"),
        "digits without end": body_of(ben.who.shown, amount=LONG),
        "deep lists": b"[" * 20_000 + b"]" * 20_000,
        "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "deep member": body_of(ben.who.shown, note="[" * 20_000 + "]" * 20_000),
        "lone surrogate": body_of(ben.who.shown, note='"\\ud800"'),
        "raw control": body_of(ben.who.shown, note='"a\x01b"'),
        "null": b"null",
        "list": b"[" + whole + b"]",
        "text": b'"pay ben"',
        "number": b"1",
    }
    await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", "body"))


async def test_member_that_is_missing(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    for name in ("payee_id", "amount", "currency"):
        body = json.loads(body_of(ben.who.shown))
        del body[name]
        cases = {f"no {name}": json.dumps(body).encode()}
        await refuses(ana, ben, admin, cases, (400, "MISSING_FIELD", name))
    told = problem(await send(ana.http, b"{}", "none"), 400, "MISSING_FIELD")
    assert {e["field"] for e in told["errors"]} == {"payee_id", "amount", "currency"}
    assert {e["code"] for e in told["errors"]} == {"MISSING_FIELD"}


async def test_each_wrong_member_has_an_entry(ana: Payer, ben: Payer) -> None:
    body = body_of(ben.who.shown, amount="0", currency='"EUR"', colour='"red"')
    told = problem(await send(ana.http, body, "k"), 400, "VALIDATION_ERROR")
    assert {e["field"] for e in told["errors"]} == {"amount", "currency", "colour"}


async def test_member_of_the_wrong_type(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    wrong = {
        "payee_id": ["1", "null", "true", "[]", "{}", '"' + "u" * 65 + '"'],
        "currency": ['"EUR"', '"usd"', '""', '"USD "', "840", "null", "true", '["USD"]'],
        "note": ["1", "null", "true", "[]", "{}"],
        "visibility": ['"secret"', '""', "1", "true", '"Public"', "[]"],
        "show_amount": ['"true"', "1", "0", '"yes"', "[]"],
        "funding_source_id": ["1", "[]", "true", '"' + "b" * 65 + '"'],
        "idempotency_key": ["1", "[]", "true"],
    }
    for name, values in wrong.items():
        cases = {f"{name}={v}": body_of(ben.who.shown, **{name: v}) for v in values}
        await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", name))


async def test_member_that_nobody_knows(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    names = ["amount_minor", "Amount", "payer_id", "fee", "state", "__proto__", "quote_token"]
    for name in names:
        cases = {name: body_of(ben.who.shown, **{name: "1"})}
        await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", name))


async def test_answer_does_not_grow_with_what_is_wrong(ana: Payer) -> None:
    many = json.dumps({f"member{n}": n for n in range(3000)}).encode()
    long = json.dumps({"m" * 60_000: 1}).encode()
    for body in (many, long):
        answer = await send(ana.http, body, "k")
        assert answer.status_code == 400
        assert len(answer.content) < 8192


async def test_name_given_twice(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    whole = body_of(ben.who.shown)
    cases = {
        "another amount": whole[:-1] + b',"amount":1}',
        "the same amount": whole[:-1] + b',"amount":100}',
        "written otherwise": whole[:-1] + b',"am\\u006funt":1}',
    }
    await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", "amount"))


async def test_note_is_measured_in_code_points_of_its_normal_form(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    fits = {
        "x" * 500: "x" * 500,
        "\N{SLICE OF PIZZA}" * 500: "\N{SLICE OF PIZZA}" * 500,
        "e\u0301" * 500: "\u00e9" * 500,
        "  pizza\u00a0 ": "pizza",
        "\U0001f468\u200d\U0001f373": "\U0001f468\u200d\U0001f373",
        "\u0645\u06cc\u200c\u062e": "\u0645\u06cc\u200c\u062e",
        "": "",
        "   ": "",
        "<b>&amp;'; drop table payment; --": "<b>&amp;'; drop table payment; --",
        "%s %(x)s {0} \\u0041": "%s %(x)s {0} \\u0041",
    }
    for note, kept in fits.items():
        answer = await ana.pay(ben.who, 1, note=note)
        assert answer.status_code == 201, answer.text
        sent = answer.json()["payment"]
        assert sent["note"] == kept
        assert (await ben.http.get(f"{PAYMENTS}/{sent['id']}")).json()["note"] == kept
    cases = {
        "501": body_of(ben.who.shown, note=json.dumps("x" * 501)),
        "501 signs": body_of(ben.who.shown, note=json.dumps("\N{SLICE OF PIZZA}" * 501)),
        "grows in normal form": body_of(ben.who.shown, note=json.dumps("\u0958" * 251)),
    }
    await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", "note"))


async def test_note_with_signs_that_nobody_sees(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    signs = "\x00\x01\x08\t\n\r\x1b\x7f\x85\u202a\u202e\u2066\u2069\u200e\u200b\ufeff\u2028\ue000"
    cases = {f"{sign!r}": body_of(ben.who.shown, note=json.dumps(f"a{sign}b")) for sign in signs}
    await refuses(ana, ben, admin, cases, (400, "VALIDATION_ERROR", "note"))


async def test_payee_that_is_no_persons_id(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    sent = (await ana.pay(ben.who)).json()["payment"]
    tail = ben.who.shown[4:]
    wrong = [
        "",
        "usr_",
        "ben",
        "@ben",
        "ben@example.org",
        tail,
        f"pay_{tail}",
        f"ses_{tail}",
        sent["id"],
        ben.who.shown.upper(),
        f" {ben.who.shown}",
        f"{ben.who.shown} ",
        ben.who.shown[:-1],
        "usr_" + "z" * 26,
        "usr_" + "0" * 26,
        "usr_" + "i" * 26,
        str(ben.who.id),
        "' or '1'='1",
        "usr_\u0660" + tail[1:],
    ]
    cases = {payee: body_of(payee) for payee in wrong}
    await refuses(ana, ben, admin, cases, (404, "RECIPIENT_NOT_FOUND", "payee_id"))


async def test_paying_oneself(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    cases = {"oneself": body_of(ana.who.shown)}
    await refuses(ana, ben, admin, cases, (400, "INVALID_RECIPIENT", "payee_id"))


async def test_funding_source_that_is_not_mine(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    names = ["", "bank", "Balance", "fs_00000000000000000000000000", "card"]
    cases = {n: body_of(ben.who.shown, funding_source_id=json.dumps(n)) for n in names}
    await refuses(ana, ben, admin, cases, (404, "NOT_FOUND", "funding_source_id"))
    assert (await ana.pay(ben.who, 1, funding_source_id="balance")).status_code == 201


async def test_keys(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    before = await books_of(admin)
    body = {"payee_id": ben.who.shown, "amount": 100, "currency": "USD"}

    async def post(header: object = None, **more: object) -> httpx2.Response:
        headers: Any = {} if header is None else {"idempotency-key": header}
        return await ana.http.post(PAYMENTS, json={**body, **more}, headers=headers)

    for missing in (
        await post(),
        await post(""),
        await post(idempotency_key=""),
        await post(idempotency_key=None),
        await post("", idempotency_key="k"),
    ):
        told = problem(missing, 400, "IDEMPOTENCY_KEY_MISSING")
        assert told["field"] == "Idempotency-Key"
    for wrong in (
        await post("k" * 65),
        await post("a b"),
        await post("a\tb"),
        await post("gr\u00fcn".encode()),
        await post("gr\u00fcn".encode("latin-1")),
        await post(b"\xff\xfe"),
        await post(b"a\x7fb"),
        await post(idempotency_key="k" * 65),
        await post(idempotency_key="gr\u00fcn"),
        await post(idempotency_key="a b"),
        await post(idempotency_key="\x00"),
        await post("one", idempotency_key="other"),
        await post("one", idempotency_key=""),
    ):
        problem(wrong, 400, "VALIDATION_ERROR")
    assert await books_of(admin) == before
    visible = "".join(c for c in string.printable if "!" <= c <= "~")
    for good in ("k", "k" * 64, visible[:64], visible[-64:]):
        assert (await post(good)).status_code == 201
        assert (await post(good)).headers["idempotency-replayed"] == "true"
        assert (await post(idempotency_key=good)).headers["idempotency-replayed"] == "true"


async def chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    """Hand a body over in pieces, so that its length is not announced."""
    for at in range(0, len(body), size):
        yield body[at : at + size]


def padded(body: bytes, size: int) -> bytes:
    """Make a body of exactly this many bytes that says the same."""
    return body[:-1] + b" " * (size - len(body)) + b"}"


async def test_body_of_64_kib_and_a_byte_more(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    fits, more = (padded(body_of(ben.who.shown), BODY_MAX + n) for n in (0, 1))
    assert (await send(ana.http, fits, "a")).status_code == 201
    assert (await send(ana.http, chunks(fits, 4096), "b")).status_code == 201
    before = await books_of(admin)
    for body in (more, chunks(more, 4096), chunks(more * 20, 60_000)):
        told = problem(await send(ana.http, body, "c"), 413, "BODY_TOO_LARGE")
        assert told["money_moved"] == "no"
    assert await books_of(admin) == before
    assert (await ana.pay(ben.who, 1, key="c")).status_code == 201


async def test_browser_sends_json_from_our_own_pages(
    town: Town, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    browser = await town.browser(ana.who, PASSWORD)
    before = await books_of(admin)
    body = body_of(ben.who.shown)
    forms: Iterable[dict[str, str]] = (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
    )
    for form in forms:
        answer = await browser.post(PAYMENTS, content=body, headers={**keyed("k"), **form})
        problem(answer, 400, "VALIDATION_ERROR")
    for origin in ("https://evil.example", "null", "", f"{ORIGIN}.evil.example", f"{ORIGIN}:81"):
        headers = {**JSON_TEXT, **keyed("k"), "origin": origin}
        problem(await browser.post(PAYMENTS, content=body, headers=headers), 403, "FORBIDDEN")
    del browser.headers["origin"]
    problem(await send(browser, body, "k"), 403, "FORBIDDEN")
    assert await books_of(admin) == before
    browser.headers["origin"] = ORIGIN
    paid = await send(browser, body, "k")
    assert paid.status_code == 201
    assert "idempotency-replayed" not in paid.headers
