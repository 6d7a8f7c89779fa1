-- A device is of the session that gave it, and ends with it.

alter table notifications.device add column session_id uuid;
comment on column notifications.device.session_id is 'session that gave it last; pushed to while that stands. null: given before there was this column, pushed to no more';
