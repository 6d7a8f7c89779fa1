"""Paper: the receipt of a payment, and activity as a file."""

import asyncio
import csv
import io
import re
import tracemalloc
from collections.abc import AsyncIterator, MutableMapping
from datetime import date
from typing import Any, Final

import asyncpg
import pytest

from quid.entrypoints.cli import main
from quid.kit import clock, ids, telemetry
from quid.kit.web import Door
from quid.payments.service import approve, ask_to_reverse
from tests.support.payers import Payer, Town, problem
from tests.support.presses import answer, operator, press
from tests.support.stepping import step_up
from tests.support.waiting import BIG

EXPORT: Final = "/v1/transactions/export"
COLUMNS: Final = (
    "id,date,kind,counterparty,note,state,amount_minor,amount,fee_minor,currency,"
    "balance_after_minor"
)


async def receipt(payer: Payer, payment_id: str) -> dict[str, Any]:
    answer = await payer.http.get(f"/v1/payments/{payment_id}/receipt")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_receipt_names_its_line_of_the_ledger(
    ana: Payer,
    ben: Payer,
    admin: asyncpg.Connection,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telemetry, "start_logging", lambda *_, **__: None)
    sent = (await ana.pay(ben.who, 1368, note="pizza")).json()["payment"]
    mine, theirs = await receipt(ana, sent["id"]), await receipt(ben, sent["id"])
    assert mine["payment"] == sent
    assert mine["lines"] == theirs["lines"]
    [line] = mine["lines"]
    assert (line["kind"], line["amount"], line["currency"]) == ("payment", 1368, "USD")
    assert line["recorded_at"] == sent["completed_at"]
    block = await admin.fetchrow(
        "select hash, cardinality(ids) as rows from ledger.block where lane = $1 and no = $2",
        line["lane"],
        line["block"],
    )
    assert (bytes.fromhex(line["block_hash"]), line["rows"]) == (block["hash"], block["rows"])
    assert 1 <= line["row"] <= line["rows"]
    # What it tells to run is a command that says so.
    assert mine["explain"] == f"quid ledger explain {sent['id']}"
    today = date.fromisoformat(sent["completed_at"][:10])
    assert mine["verify"] == f"quid ledger verify --from {today} --to {today}"
    assert await in_thread(mine["explain"]) == 0
    said = capsys.readouterr().out
    assert line["transfer_id"] in said
    assert line["block_hash"][:16] in said
    assert await in_thread(mine["verify"]) == 0


async def in_thread(words: str) -> int:
    return await asyncio.to_thread(main, words.split()[1:])


async def test_a_receipt_tells_nothing_of_what_the_other_has(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, 1368)).json()["payment"]
    for told in (await receipt(ana, sent["id"]), await receipt(ben, sent["id"])):
        assert not re.search(r"8632|11368|86\.32|113\.68", str(told))


async def test_only_parties_have_a_receipt(ana: Payer, ben: Payer, eve: Payer) -> None:
    sent = (await ana.pay(ben.who)).json()["payment"]["id"]
    declined = (await ana.pay(ben.who, 40_000)).json()["payment_id"]
    told = await receipt(ana, declined)
    assert (told["lines"], told["payment"]["state"]) == ([], "DECLINED")
    assert told["verify"] == "quid ledger verify"
    for payer, payment_id in ((eve, sent), (ben, declined), (ana, "usr_" + "0" * 26)):
        answer = await payer.http.get(f"/v1/payments/{payment_id}/receipt")
        problem(answer, 404, "NOT_FOUND")


def kinds(told: dict[str, Any]) -> list[tuple[str, int]]:
    return [(line["kind"], line["amount"]) for line in told["lines"]]


@pytest.mark.shipped_rules
async def test_a_receipt_of_what_waited_tells_each_its_own_moves(town: Town, ben: Payer) -> None:
    rich = await town.payer("rich", funded_minor=500_000, tier=2)
    held = (await rich.pay(ben.who, BIG)).json()["payment"]["id"]
    assert kinds(await receipt(rich, held)) == [("hold_placed", BIG)]
    problem(await ben.http.get(f"/v1/payments/{held}/receipt"), 404, "NOT_FOUND")
    assert (await rich.http.post(f"/v1/payments/{held}/cancel")).status_code == 200
    assert kinds(await receipt(rich, held)) == [("hold_placed", BIG), ("hold_released", BIG)]
    released = ids.read("pay", (await rich.pay(ben.who, BIG)).json()["payment"]["id"])
    assert released is not None
    await approve(press(operator("analyst")), released, now=clock.now())
    shown = ids.show("pay", released)
    assert kinds(await receipt(rich, shown)) == [("hold_placed", BIG), ("payment", BIG)]
    assert kinds(await receipt(ben, shown)) == [("payment", BIG)]
    asked = await ask_to_reverse(
        press(operator("finance"), "ask"),
        released,
        amount_minor=7,
        reason="mistake",
        now=clock.now(),
    )
    await answer(asked, operator("compliance"))
    told = await receipt(ben, shown)
    assert kinds(told) == [("payment", BIG), ("reversal", 7)]
    assert told["payment"]["reversed_amount"] == 7


async def exported(payer: Payer, **wanted: str) -> list[dict[str, str]]:
    answer = await payer.http.get(EXPORT, params=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.partition("\r\n")[0] == COLUMNS
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


async def test_the_file_holds_what_the_list_shows(ana: Payer, ben: Payer) -> None:
    sent = (await ana.pay(ben.who, 1368, note='say "hi", caf\u00e9')).json()["payment"]
    await ana.pay(ben.who, 40_000)
    await ben.pay(ana.who, 5)
    await step_up(ana.http)
    received, declined, paid, deposit = await exported(ana)
    assert paid == {
        "id": sent["id"],
        "date": sent["completed_at"],
        "kind": "payment",
        "counterparty": "Ben (@ben)",
        "note": 'say "hi", caf\u00e9',
        "state": "COMPLETED",
        "amount_minor": "-1368",
        "amount": "-13.68",
        "fee_minor": "0",
        "currency": "USD",
        "balance_after_minor": "8632",
    }
    assert (received["amount"], received["balance_after_minor"]) == ("0.05", "8637")
    assert (declined["amount"], declined["balance_after_minor"]) == ("-400.00", "")
    assert (deposit["counterparty"], deposit["kind"], deposit["amount"]) == (
        "",
        "deposit",
        "100.00",
    )
    settled = [int(r["amount_minor"]) for r in (received, paid, deposit)]
    assert sum(settled) == (await ana.balance())["available"]
    assert [r["id"] for r in await exported(ana, direction="in", kind="payment")] == [
        received["id"]
    ]
    listed = (await ana.http.get("/v1/transactions", params={"limit": 100})).json()
    as_json = await ana.http.get(EXPORT, params={"format": "json"})
    assert as_json.json() == listed
    assert await exported(ana, q="nobody at all") == []
    nothing = await ana.http.get(EXPORT, params={"format": "json", "q": "nobody at all"})
    assert nothing.json() == {"items": [], "next_cursor": None}


async def test_the_file_is_a_download_that_nobody_keeps(ana: Payer) -> None:
    await step_up(ana.http)
    for form in ("csv", "json"):
        headers = (await ana.http.get(EXPORT, params={"format": form})).headers
        name = rf'attachment; filename="quid-activity-\d{{4}}-\d\d-\d\d\.{form}"'
        assert re.fullmatch(name, headers["content-disposition"])
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_what_a_stranger_wrote_runs_in_no_spreadsheet(ana: Payer, ben: Payer) -> None:
    notes = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "plain"]
    for note in notes:
        await ben.pay(ana.who, 1, note=note)
    await step_up(ana.http)
    found = [row["note"] for row in await exported(ana, kind="payment")]
    assert found == ["plain", "'@SUM(A1)", "'-1", "'+1", "'=HYPERLINK(1)"]


async def test_the_file_wants_a_fresh_proof(ana: Payer) -> None:
    problem(await ana.http.get(EXPORT), 401, "STEP_UP_REQUIRED")
    await step_up(ana.http)
    assert await exported(ana)


async def test_the_file_is_of_ones_own_lines(ana: Payer, ben: Payer, eve: Payer) -> None:
    await ana.pay(ben.who, 40_000)
    await ana.pay(ben.who, 1)
    for payer, amounts in ((eve, ["100.00"]), (ben, ["0.01", "100.00"])):
        await step_up(payer.http)
        assert [row["amount"] for row in await exported(payer)] == amounts


async def test_a_wrong_wish_is_named_before_the_file_begins(ana: Payer) -> None:
    await step_up(ana.http)
    for wanted in ({"format": "pdf"}, {"from": "yesterday"}, {"min_amount": "x"}, {"q": "\x00"}):
        told = problem(await ana.http.get(EXPORT, params=wanted), 400, "VALIDATION_ERROR")
        assert told["field"] == next(iter(wanted))


async def test_files_are_rationed(ana: Payer) -> None:
    await step_up(ana.http)
    codes = [(await ana.http.get(EXPORT)).status_code for _ in range(8)]
    assert codes == [200] * 6 + [429] * 2
    assert (await ana.http.get("/v1/transactions")).status_code == 200


@pytest.mark.spoils  # lines without payments, by the thousand
async def test_a_long_file_is_made_in_a_little_memory(
    app: Door, ana: Payer, admin: asyncpg.Connection
) -> None:
    many = 10_000
    await admin.execute(
        """
        insert into payments.activity (user_id, at, id, kind, is_incoming, state, amount_minor,
          currency, note, balance_after_minor)
        select $1, now() - n * interval '1 minute', gen_random_uuid(), 1, true, 60, 1, 'USD',
          repeat('n', 100), n
        from generate_series(1, $2) n""",
        ana.who.id,
        many,
    )
    await step_up(ana.http)
    whole = b"".join([chunk async for chunk in streamed(app, ana, EXPORT)])
    assert (whole.count(b"\r\n"), len(whole) > 1_500_000) == (many + 2, True)
    # After a first time: so many ids that were shown are remembered, and no more.
    tracemalloc.start()
    size = sum([len(chunk) async for chunk in streamed(app, ana, EXPORT)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == len(whole)
    assert peak < 1_000_000, f"{peak} bytes at the peak"


async def streamed(app: Door, payer: Payer, path: str) -> AsyncIterator[bytes]:
    """Call the application as a server does, taking the body as it comes."""
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue(1)

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await chunks.put(message.get("body", b""))

    async def receive() -> MutableMapping[str, Any]:
        forever: asyncio.Future[MutableMapping[str, Any]] = asyncio.Future()
        return await forever

    async def serve() -> None:
        await app(scope, receive, send)
        await chunks.put(None)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", payer.http.headers["authorization"].encode())],
        "server": ("quid.test", 80),
        "client": ("127.0.0.1", 1),
    }
    task = asyncio.create_task(serve())
    while (chunk := await chunks.get()) is not None:
        yield chunk
    await task
