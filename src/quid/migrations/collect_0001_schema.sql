-- Requests for money.
create schema collect;
grant usage on schema collect to quid_app, quid_recon;
