"""Documents wait for an operator, who looks with a reason and decides: tier 2 from then on."""

from typing import Any

import asyncpg
import httpx2
import pytest

from quid.kit import ids
from tests.api.test_me import FACTS
from tests.support.api import signed_in
from tests.support.operators import Staff
from tests.support.people import People

PDF = b"%PDF-1.7 a passport"
ACTIONS = """
  select action, outcome from kit.audit
  where actor_type = 'operator' and action like 'identity.%' order by id"""


@pytest.fixture
async def cleo(client: httpx2.AsyncClient, people: People) -> httpx2.AsyncClient:
    """Cleo, of tier 1, who has sent a document."""
    await people.add("cleo", tier=0, funded_minor=0)
    http = await signed_in(client, "cleo")
    assert (await http.post("/v1/me/verification", json=FACTS)).json()["tier"] == 1
    kind = {"content-type": "application/pdf"}
    sent = await http.post("/v1/me/verification/documents", content=PDF, headers=kind)
    assert sent.json()["state"] == "pending", sent.text
    return http


async def test_from_the_queue_to_tier_two(
    cleo: httpx2.AsyncClient, staff: Staff, admin: asyncpg.Connection
) -> None:
    analyst = await staff.desk("analyst")
    [case] = (await analyst.look("verifications"))["items"]
    assert case["documents"] == 1
    path = f"verifications/{case['id']}"
    detail = await analyst.look(path)
    [document] = detail["documents"]
    assert "Lindt" not in str(detail)
    shown = await analyst.press(f"{path}/documents/{document['id']}/reveal")
    assert shown.content == PDF
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["content-type"] == "application/octet-stream"
    for _ in range(2):
        decided = await analyst.press(f"{path}/decide", key="one", decision="verified")
        assert decided.json()["state"] == "VERIFIED"
    assert (await cleo.get("/v1/me/verification")).json()["tier"] == 2
    late = await analyst.press(f"{path}/decide", decision="refused")
    assert late.json()["code"] == "STATE_CONFLICT"
    assert [tuple(r) for r in await admin.fetch(ACTIONS)] == [
        ("identity.reveal_document", "ok"),
        ("identity.decide", "ok"),
        ("identity.decide", "STATE_CONFLICT"),
    ]


@pytest.mark.usefixtures("cleo")
async def test_what_was_said_is_shown_with_a_reason_beside_a_document_too(
    staff: Staff, admin: asyncpg.Connection
) -> None:
    compliance = await staff.desk("compliance")
    first = await admin.fetchval("select id from identity.verification where tier = 1")
    second = await admin.fetchval("select id from identity.verification where tier = 2")
    for row in (first, second):
        shown = await compliance.press(f"verifications/{ids.show('ver', row)}/reveal")
        assert shown.json()["legal_name"] == "Ana Lindt", shown.text
        assert shown.json()["address"] == ["Main 1", "1010 Wien", "AT"]
    await admin.execute("delete from identity.verification where tier = 1")
    none = await compliance.press(f"verifications/{ids.show('ver', second)}/reveal")
    assert none.status_code == 404
    decided = await compliance.press(
        f"verifications/{ids.show('ver', first)}/decide", decision="verified"
    )
    assert decided.status_code == 404


@pytest.mark.parametrize("role", ["support", "finance", "auditor", "admin"])
async def test_others_decide_nothing(
    role: Any, cleo: httpx2.AsyncClient, staff: Staff, admin: asyncpg.Connection
) -> None:
    desk = await staff.desk(role)
    [case] = (await (await staff.desk("analyst")).look("verifications"))["items"]
    answer = await desk.press(f"verifications/{case['id']}/decide", decision="verified")
    assert answer.json()["code"] == "FORBIDDEN"
    assert (await cleo.get("/v1/me/verification")).json()["tier"] == 1
    assert [tuple(r) for r in await admin.fetch(ACTIONS)] == [("identity.decide", "FORBIDDEN")]


@pytest.mark.parametrize(("act", "body"), [("decide", {"decision": "verified"}), ("reveal", {})])
async def test_nobody_decides_on_or_looks_into_their_own(
    act: str, body: dict[str, Any], cleo: httpx2.AsyncClient, staff: Staff
) -> None:
    own = await staff.desk("compliance", linked="cleo")
    [case] = (await own.look("verifications"))["items"]
    [document] = (await own.look(f"verifications/{case['id']}"))["documents"]
    paths = [f"{act}"] if act == "decide" else [act, f"documents/{document['id']}/reveal"]
    for path in paths:
        answer = await own.press(f"verifications/{case['id']}/{path}", **body)
        assert answer.json()["code"] == "FORBIDDEN"
    assert (await cleo.get("/v1/me/verification")).json()["tier"] == 1
