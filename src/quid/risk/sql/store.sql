-- name: set_limit
-- reads: primary
-- home: global
-- params: id uuid, user_id uuid, window text, max_minor bigint, max_count int4, currency text, set_at timestamptz, expires_at timestamptz, reason text, set_by text
insert into risk.limit_override (
  id, user_id, kind, "window", max_minor, max_count, currency, set_at, expires_at, reason, set_by
)
values ($1, $2, 'send', $3, $4, $5, $6::text, $7, $8, $9, $10);
