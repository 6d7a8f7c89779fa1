"""Whether the books of a database are whole, asked in plain SQL and of the chain itself."""

from typing import Final

import asyncpg

from quid.kit import db
from quid.ledger import queries

_LEGS: Final = """
  select debit_id as account, debit_seq as seq, -amount as change, debit_after as after, currency
    from ledger.journal
  union all
  select credit_id, credit_seq, amount, credit_after, currency from ledger.journal"""

_QUESTIONS: Final = {
    "debits are not credits": """
      select currency, sum(debits) as debits, sum(credits) as credits from ledger.account
      group by currency having sum(debits) <> sum(credits)""",
    "an account is beyond its floor or ceiling": """
      select id, credits - debits as net, floor, ceil from ledger.account
      where credits - debits < floor or credits - debits > ceil
        or (kind between 201 and 204 and credits < debits)""",
    "a counter is not the sum of its legs": f"""
      select a.id, a.debits, a.credits, a.seq, l.debits as leg_debits, l.credits as leg_credits,
        l.n as legs
      from ledger.account a
      left join (select account, count(*) as n, sum(change) filter (where change > 0) as credits,
          -sum(change) filter (where change < 0) as debits from ({_LEGS}) x group by account) l
        on l.account = a.id
      where a.debits <> coalesce(l.debits, 0) or a.credits <> coalesce(l.credits, 0)
        or a.seq <> coalesce(l.n, 0)""",
    "a sequence has a gap, or a balance does not follow from the one before": f"""
      select account, seq, after from (
        select account, seq, after, change, row_number() over w as n,
          coalesce(lag(after) over w, 0) as before
        from ({_LEGS}) x window w as (partition by account order by seq)) y
      where seq <> n or after <> before + change""",
    "a leg has no account, or another currency": f"""
      select x.account, x.seq from ({_LEGS}) x
      left join ledger.account a on a.id = x.account
      where a.id is null or a.currency <> x.currency""",
    "an id was both posted and refused as the same transfer": """
      select j.id from ledger.journal j join ledger.refusal r on r.id = j.id
      where (r.debit_id, r.credit_id, r.asked) = (j.debit_id, j.credit_id, j.amount)""",
}


async def check_books(conn: asyncpg.Connection) -> list[str]:
    """List what is wrong; an empty list means that every cent is where it should be."""
    faults = []
    for what, question in _QUESTIONS.items():
        rows = await conn.fetch(f"{question}\nlimit 5")
        faults += [f"{what}: {dict(row)}" for row in rows]
    verdict = await queries.verify(db.Conn(conn))
    return faults + [f"the chain is broken: {found}" for found in verdict.breaks]
