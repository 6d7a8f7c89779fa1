-- Data keys are wrapped anew, and destroyed when nothing is sealed under them any more.
grant update (wrapped, kek, retired_at) on kit.data_key to quid_app;
comment on column kit.data_key.wrapped is
  'sealed by the wrapping key named in kek; empty when retired: nobody opens anything with it';
comment on column kit.data_key.kek is
  'the wrapping key: local and a hash of it, aws-kms and its id, vault and its path';
