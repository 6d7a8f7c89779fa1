"""Settings of this slice."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChannelSettings(BaseSettings):
    """Through what people are reached who are not looking. What is empty is not used.

    Without a mail server the local profile keeps mails in its mailbox; production does not start.
    """

    model_config = SettingsConfigDict(env_prefix="QUID_", extra="ignore", frozen=True)

    smtp_url: str = Field(default="", description="mail server, like smtps://user@mail.example.org")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="password of its user")
    mail_from: str = Field(
        default="Quid <no-reply@quid.localhost>", description="who mails are from: Name <address>"
    )
    mails_per_second: float = Field(
        default=50,
        gt=0,
        description="notices by mail at most; codes and warnings go at once, and do not count",
    )
    push_hosts: str = Field(
        default="",
        description="more push services of browsers, comma between; *.name for all of it",
    )
    fcm_credentials: SecretStr = Field(
        default=SecretStr(""), description="JSON of a service account of Firebase"
    )
    fcm_url: str = Field(default="https://fcm.googleapis.com", description="address of FCM")
    apns_key: SecretStr = Field(default=SecretStr(""), description="PEM of a key of Apple's, .p8")
    apns_key_id: str = Field(default="", description="id of that key")
    apns_team_id: str = Field(default="", description="id of the team at Apple")
    apns_topic: str = Field(default="", description="bundle id of the app")
    apns_url: str = Field(
        default="https://api.push.apple.com",
        description="address of APNs; https://api.sandbox.push.apple.com for builds under test",
    )
