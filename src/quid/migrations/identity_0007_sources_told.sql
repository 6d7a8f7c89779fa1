-- What a person must know of banks and cards of their account: one was linked, one was removed,
-- money leaves to one for the first time. The rows there hold the narrower rule.
-- squawk-ignore ban-drop-constraint
alter table identity.security_event drop constraint security_event_kind_check;
alter table identity.security_event add constraint security_event_kind_check
  check (kind in (
    'new_device', 'sign_in_failed', 'password_changed', 'email_changed', 'totp_on', 'totp_off',
    'recovery_codes_made', 'recovery_code_used', 'session_revoked', 'locked', 'recovered',
    'source_linked', 'source_removed', 'first_withdrawal'
  )) not valid;
