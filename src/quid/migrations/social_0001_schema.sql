-- The feed: timelines, likes, comments.
create schema social;
grant usage on schema social to quid_app, quid_recon;
