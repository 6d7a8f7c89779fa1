"""The wire of the inbox and of what people wish to hear."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from quid.kit import ids
from quid.kit.errors import NotFound, ValidationFailed
from quid.kit.web import Strict, in_utc
from quid.notifications.service.reading import GIVEN_BACK
from quid.notifications.types import Chosen, NoticeView, Preference, Topic, Way

_CELLS_MAX: Final = 64
# As times are shown; what `fromisoformat` takes besides is not promised.
_MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)


class Inbox(BaseModel):
    """A page of what the caller was told; `unread_count` is of the whole inbox."""

    items: list[NoticeView]
    unread_count: int
    next_cursor: str | None


class ReadBody(Strict):
    """Mark these, or all that had come by an instant; only these can be made unread again."""

    ids: Annotated[
        list[Annotated[str, Field(max_length=64)]] | None,
        Field(min_length=1, max_length=GIVEN_BACK, description="`ntf_` ids of the caller's own"),
    ] = None
    before: Annotated[
        str | None,
        Field(
            max_length=40,
            pattern=_MOMENT,
            json_schema_extra={"format": "date-time"},
            examples=["2026-03-02T12:00:00.000000Z"],
        ),
    ] = None
    is_read: bool = True

    def notice_ids(self) -> list[UUID]:
        """Read the ids. Raises: NotFound, also for an id of another kind."""
        found = [i for text in self.ids or () if (i := ids.read("ntf", text)) is not None]
        if len(found) != len(self.ids or ()):
            raise NotFound(field="ids")
        return found

    def until(self) -> datetime | None:
        """Read the instant; None where ids are named. Raises: ValidationFailed."""
        if (self.ids is None) is (self.before is None):
            raise ValidationFailed("ids: name ids, or before; one of them.", field="ids")
        if self.before is None:
            return None
        if not self.is_read:
            raise ValidationFailed("is_read: name the ids to unread.", field="is_read")
        try:
            at = datetime.fromisoformat(self.before)
        except ValueError:
            raise ValidationFailed("before: there is no such time.", field="before") from None
        return in_utc(at, field="before")


class Marked(BaseModel):
    """What is unread now. `ids`: what was marked, the newest 200, to be able to take it back."""

    unread_count: int
    ids: list[str]


class Preferences(BaseModel):
    """All that may reach the caller, by topic and way; what is locked cannot be changed."""

    items: list[Preference]


class ChosenBody(Strict):
    """One wish."""

    topic: Annotated[str, Field(max_length=40, json_schema_extra={"enum": list(Topic)})]
    way: Way
    is_on: bool


class PreferencesBody(Strict):
    """What to change; what is left out stays."""

    items: Annotated[list[ChosenBody], Field(min_length=1, max_length=_CELLS_MAX)]

    def wishes(self) -> list[Chosen]:
        """Read them. Raises: ValidationFailed for a topic that is none."""
        return [Chosen(_topic(c.topic, n), c.way, c.is_on) for n, c in enumerate(self.items)]


def _topic(text: str, place: int) -> Topic:
    try:
        return Topic(text)
    except ValueError:
        field = f"items.{place}.topic"
        raise ValidationFailed(f"{field}: there is no such topic.", field=field) from None
