"""The wire of comments."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from quid.kit import ids, text
from quid.kit.web import Strict
from quid.payments.types import Party, PartyView
from quid.social.types import CommentRow, CommentView

TEXT_MAX: Final = 500


class CommentBody(Strict):
    """What to write under a payment."""

    # A sign may be several code points before it is in its normal form.
    text: Annotated[str, Field(max_length=4 * TEXT_MAX, description="1 to 500, NFC, plain text")]

    def read(self) -> str:
        """Give the text as it is kept. Raises: MissingField, ValidationFailed."""
        return text.clean(self.text, field="text", low=1, high=TEXT_MAX)


def comment_view(
    comment: CommentRow, author: Party, *, viewer_id: UUID, is_theirs: bool
) -> CommentView:
    """Show it. `is_theirs`: the payment is the viewer's."""
    return CommentView(
        ids.show("cmt", comment.id),
        PartyView.of(author),
        comment.text,
        comment.at,
        can_delete=is_theirs or comment.author_id == viewer_id,
    )
