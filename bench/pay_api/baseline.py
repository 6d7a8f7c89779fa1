"""The plain way, as an honest engineer would write it first.

A FastAPI route, a pydantic body, a pool of connections, and the row-lock algorithm: look up the
key, lock both rows, insert the transfer, two updates, two entries, insert the key; separate
statements in one transaction; the tables are those of the ledger's bench. No session, no limits,
no chain, no outbox: it does less than Quid.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

SCHEMA = """
create schema b0;
create table b0.balance (id bigint primary key, amount bigint not null check (amount >= 0))
  with (fillfactor = 50);
create table b0.transfer (id bigint generated always as identity primary key, payer bigint,
  payee bigint, amount bigint, note text, created_at timestamptz default now());
create table b0.entry (id bigint generated always as identity primary key, transfer bigint,
  account bigint, amount bigint, balance_after bigint, created_at timestamptz default now());
create index on b0.entry (account, id);
create table b0.key (key text primary key, transfer bigint not null);
"""


class Body(BaseModel):
    """What the route takes."""

    payer: int
    payee: int
    amount: Annotated[int, Field(gt=0, le=500_000)]
    note: Annotated[str, Field(max_length=500)] = ""


class Answer(BaseModel):
    """What it answers."""

    id: int
    state: str
    payer: int
    payee: int
    amount: int
    balance: int


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    size = int(os.environ["BENCH_POOL"])
    async with asyncpg.create_pool(os.environ["BENCH_URL"], min_size=size, max_size=size) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/pay", status_code=201)
async def pay(body: Body, idempotency_key: Annotated[str, Header()]) -> Answer:
    """Move money under row locks."""
    async with app.state.pool.acquire() as conn, conn.transaction():
        if await conn.fetchval("select transfer from b0.key where key = $1", idempotency_key):
            raise HTTPException(409)
        rows = await conn.fetch(
            "select id, amount from b0.balance where id in ($1, $2) order by id for update",
            body.payer,
            body.payee,
        )
        have = {r["id"]: r["amount"] for r in rows}
        if have[body.payer] < body.amount:
            raise HTTPException(422)
        transfer = await conn.fetchval(
            "insert into b0.transfer (payer, payee, amount, note) values ($1, $2, $3, $4) "
            "returning id",
            body.payer,
            body.payee,
            body.amount,
            body.note,
        )
        for account, change in ((body.payer, -body.amount), (body.payee, body.amount)):
            await conn.execute(
                "update b0.balance set amount = amount + $2 where id = $1", account, change
            )
            await conn.execute(
                "insert into b0.entry (transfer, account, amount, balance_after) "
                "values ($1, $2, $3, $4)",
                transfer,
                account,
                change,
                have[account] + change,
            )
        await conn.execute(
            "insert into b0.key (key, transfer) values ($1, $2)", idempotency_key, transfer
        )
    return Answer(
        id=transfer,
        state="COMPLETED",
        payer=body.payer,
        payee=body.payee,
        amount=body.amount,
        balance=have[body.payer] - body.amount,
    )
