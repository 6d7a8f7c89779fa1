"""The wire of verification: who a person is in law."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quid.identity.ports import Address, Facts
from quid.identity.queries.verification import VerificationView
from quid.kit.errors import ValidationFailed
from quid.kit.web import Strict

LineText = Annotated[str, Field(max_length=400)]


class AddressBody(Strict):
    """Where the person lives."""

    line1: LineText
    line2: LineText = ""
    city: LineText
    region: LineText = ""
    postal_code: Annotated[str, Field(max_length=80)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166, two letters")]


class VerificationBody(Strict):
    """What the law calls them. Kept sealed; shown to nobody but an operator with a reason."""

    legal_name: Annotated[str, Field(max_length=480)]
    birth_date: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="18 or older",
            json_schema_extra={"format": "date"},
        ),
    ]
    address: AddressBody
    tax_id_last4: Annotated[str, Field(pattern=r"^[0-9]{4}$", description="last four digits")]

    def facts(self) -> Facts:
        """Turn it into what the verifier is given. Raises: ValidationFailed."""
        try:
            born = date.fromisoformat(self.birth_date)
        except ValueError:
            raise ValidationFailed(
                "birth_date: there is no such day.", field="birth_date"
            ) from None
        address = Address(**self.address.model_dump())
        return Facts(self.legal_name, born, address, self.tax_id_last4)


class VerificationAnswer(BaseModel):
    """Where a person stands: their tier, and what the next one needs."""

    tier: int
    state: Literal["none", "pending", "verified", "refused"]
    needs: list[Literal["legal_name", "birth_date", "address", "tax_id_last4", "document"]]

    @classmethod
    def of(cls, view: VerificationView) -> "VerificationAnswer":
        """Show it."""
        return cls.model_validate(
            {"tier": view.tier, "state": view.state, "needs": list(view.needs)}
        )
