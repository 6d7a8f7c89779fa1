-- What people are told: the inbox, the socket, push and e-mail.
create schema notifications;
grant usage on schema notifications to quid_app, quid_recon;
