"""The feed as one statement, without timelines."""

from typing import Final

# Written as one would without timelines: my friends, their payments, the newest twenty I may see.
JOIN: Final = """
with mine as (select friend_id from identity.edge where user_id = $1 and state = 'ACCEPTED')
select p.id, p.payer_id, a.handle, a.display_name, p.payee_id, b.handle, b.display_name, p.note,
  p.times[cardinality(p.times)] as at
from payments.payment p
join identity.person a on a.id = p.payer_id
join identity.person b on b.id = p.payee_id
where p.states[cardinality(p.states)] = 60
  and (p.times[cardinality(p.times)], p.id) < ($2, $3)
  and (
    $1 in (p.payer_id, p.payee_id)
    or (p.payer_visibility = 'public' and p.payee_visibility = 'public')
    or ('private' not in (p.payer_visibility, p.payee_visibility)
      and (exists (select from mine where friend_id = p.payer_id)
        or exists (select from mine where friend_id = p.payee_id))))
order by p.times[cardinality(p.times)] desc, p.id desc
limit 20
"""
INDEX: Final = (
    "create index if not exists bench_join on payments.payment "
    "((times[cardinality(times)]), id) where states[cardinality(states)] = 60"
)
