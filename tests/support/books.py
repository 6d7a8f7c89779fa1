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
    "a reserved account is not the sum of its open holds": """
      select a.id, a.credits - a.debits as net, h.left_ from ledger.account a
      left join (select reserved_id, sum(amount - captured - released) as left_ from ledger.hold
          group by reserved_id) h on h.reserved_id = a.id
      where a.kind = 202 and a.credits - a.debits <> coalesce(h.left_, 0)""",
    "a hold is not what was placed, captured and released": """
      select h.id, h.amount, h.captured, h.released, h.state, j.amount as placed,
        x.captured as paid, x.released as back
      from ledger.hold h
      left join ledger.journal j on j.id = h.id and j.flags = 4
      left join (select source_id, sum(amount) filter (where flags = 8) as captured,
          sum(amount) filter (where flags = 16) as released from ledger.journal group by 1) x
        on x.source_id = h.id
      where j.amount is distinct from h.amount or coalesce(x.captured, 0) <> h.captured
        or coalesce(x.released, 0) <> h.released
        or (h.state = 1) <> (h.captured + h.released < h.amount)""",
    "a hold has no row": """
      select j.id from ledger.journal j left join ledger.hold h on h.id = j.id
      where j.flags = 4 and h.id is null""",
    "more or less is undone than its reversals say": """
      select coalesce(r.id, x.source_id) as id, r.amount, x.amount as rows, j.amount as original
      from ledger.reversed r
      full join (select source_id, sum(amount) as amount from ledger.journal where flags = 32
          group by 1) x on x.source_id = r.id
      left join ledger.journal j on j.id = coalesce(r.id, x.source_id)
      where r.amount is distinct from x.amount or j.amount is null or r.amount > j.amount""",
    "a group was booked in part, or across calls": """
      select group_id, count(distinct block) as blocks, count(*) as members
      from (select group_id, id, lane || '/' || block_no as block from ledger.journal
        union all select group_id, id, null from ledger.refusal where result = 2) x
      where group_id is not null group by group_id
      having count(distinct block) > 1 or count(*) = 1 or bool_and(id <> group_id)""",
    "what was taken and the rest are not what was asked": """
      select group_id, sum(moved) as moved, max(asked) as asked
      from (select group_id, flags, amount as moved, coalesce(asked, amount) as asked
          from ledger.journal
        union all select group_id, flags, 0, asked from ledger.refusal where result = 2) x
      where flags in (1, 2) group by group_id
      having count(*) filter (where flags = 1) = 1 and count(*) filter (where flags = 2) = 1
        and (sum(moved) <> max(asked) or min(asked) <> max(asked))""",
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
