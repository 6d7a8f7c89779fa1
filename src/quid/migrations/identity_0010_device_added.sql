-- A device that is pushed to was added: its person hears of it.
-- squawk-ignore ban-drop-constraint
alter table identity.security_event drop constraint security_event_kind_check;
alter table identity.security_event add constraint security_event_kind_check
  check (kind in (
    'new_device', 'sign_in_failed', 'password_changed', 'email_changed', 'totp_on', 'totp_off',
    'recovery_codes_made', 'recovery_code_used', 'session_revoked', 'locked', 'recovered',
    'source_linked', 'source_removed', 'first_withdrawal', 'device_added'
  )) not valid;
