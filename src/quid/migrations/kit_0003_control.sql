-- What two operators decide together.
-- home: where the act is
create table kit.approval (
  id uuid primary key,
  act text not null,
  resource_type text not null,
  resource_id text not null,
  payload jsonb not null,
  people uuid[] not null,
  reason text not null check (char_length(reason) between 10 and 500),
  asked_by uuid not null,
  asked_role text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > asked_at),
  decision text check (decision in ('APPROVED', 'REFUSED')),
  decided_by uuid,
  decided_at timestamptz,
  decided_reason text check (char_length(decided_reason) between 10 and 500),
  -- Two persons: whatever the code above says.
  check (decided_by <> asked_by),
  check (num_nulls(decision, decided_by, decided_at, decided_reason) in (0, 4)),
  check (decided_at < expires_at)
);
create index approval_open on kit.approval (expires_at) where decision is null;
comment on table kit.approval is
  'acts that need two operators: one asks, another decides within a day, then it happens';
comment on column kit.approval.act is 'name of the act, as in the audit log';
comment on column kit.approval.payload is 'what the act must know to happen; ids and choices';
comment on column kit.approval.people is 'whose affairs it touches: no operator close to them decides';
comment on column kit.approval.decision is 'empty while open; a question past expires_at is dead';

-- A decision is made once and stays.
create function kit.refuse_second_decision() returns trigger language plpgsql as $$
begin
  if old.decision is not null
    or (new.id, new.act, new.resource_type, new.resource_id, new.payload, new.people, new.reason,
        new.asked_by, new.asked_role, new.asked_at, new.expires_at)
      is distinct from
      (old.id, old.act, old.resource_type, old.resource_id, old.payload, old.people, old.reason,
        old.asked_by, old.asked_role, old.asked_at, old.expires_at)
  then
    raise exception 'kit.approval: a decision stands, and so does the question'
      using errcode = '42501';
  end if;
  return new;
end $$;
create trigger approval_decided_once before update on kit.approval
  for each row execute function kit.refuse_second_decision();
create trigger approval_kept before delete on kit.approval
  for each row execute function kit.refuse_change();
create trigger approval_no_truncate before truncate on kit.approval
  for each statement execute function kit.refuse_change();
grant select, insert, update on kit.approval to quid_app;
