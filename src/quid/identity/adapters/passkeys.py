"""Passkeys as browsers know them, by the package `webauthn`."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import webauthn
from webauthn import helpers
from webauthn.helpers import cose, exceptions, structs

from quid.identity.ports import Asker, Known, Passkey, PasskeyRefused, Shown, SignCountBack
from quid.identity.types import MakeOptions, SignOptions
from quid.kit.crypto import UnknownKey

_NAME: Final = "Quid"
_LIFE_MS: Final = 300_000
_ALGORITHMS: Final = [
    cose.COSEAlgorithmIdentifier.ECDSA_SHA_256,
    cose.COSEAlgorithmIdentifier.EDDSA,
    cose.COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_TRANSPORTS: Final = {t.value: t for t in structs.AuthenticatorTransport}
_CREDENTIAL_MAX: Final = 1023  # bytes, of the standard
_COUNT_MAX: Final = 10  # a browser names six transports
# What the package lets through of an answer that is not of the shape it expects.
_MALFORMED: Final = (
    exceptions.WebAuthnException,
    UnknownKey,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
_T = TypeVar("_T")


class WebauthnPasskeys:
    """Keys for one origin, like `https://pay.example.org`; its host is the RP id."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._rp_id = urlsplit(origin).hostname or ""

    def to_register(self, asker: Asker, has: Sequence[Known], *, challenge: bytes) -> MakeOptions:
        """Write the options with which a device makes a key, unless it keeps one of `has`."""
        options = webauthn.generate_registration_options(
            rp_id=self._rp_id,
            rp_name=_NAME,
            user_id=asker.user_id.bytes,
            user_name=asker.handle,
            user_display_name=asker.display_name,
            challenge=challenge,
            timeout=_LIFE_MS,
            attestation=structs.AttestationConveyancePreference.NONE,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(has),
            supported_pub_key_algs=_ALGORITHMS,
        )
        return msgspec.json.decode(webauthn.options_to_json(options), type=MakeOptions)

    def registered(self, answer: str, *, challenge: bytes) -> Passkey:
        """Judge a new key. Raises: PasskeyRefused."""
        return _judged(lambda: self._registered(answer, challenge))

    def to_sign(self, among: Sequence[Known], *, challenge: bytes) -> SignOptions:
        """Write the options with which a device signs; without `among` it finds the key itself."""
        options = webauthn.generate_authentication_options(
            rp_id=self._rp_id,
            challenge=challenge,
            timeout=_LIFE_MS,
            allow_credentials=_described(among),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return msgspec.json.decode(webauthn.options_to_json(options), type=SignOptions)

    def shown(self, answer: str) -> Shown:
        """Read which key an answer is of. Raises: PasskeyRefused."""
        return _judged(lambda: _shown(answer))

    def signed(self, answer: str, known: Passkey, *, challenge: bytes) -> int:
        """Judge a signature; give the count to store. Raises: PasskeyRefused, SignCountBack."""
        count = _judged(lambda: self._signed(answer, known, challenge))
        if (count or known.sign_count) and count <= known.sign_count:
            raise SignCountBack(f"the key counts {known.sign_count}, and now {count}")
        return count

    def _registered(self, answer: str, challenge: bytes) -> Passkey:
        credential = helpers.parse_registration_credential_json(answer)
        _refuse_framed(credential.response.client_data_json)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=self._rp_id,
            expected_origin=self._origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        if made.credential_id != credential.raw_id or len(made.credential_id) > _CREDENTIAL_MAX:
            raise PasskeyRefused("the id of the key is not what the device has signed")
        # A point that is on no curve is found now, not at the first sign-in.
        helpers.decoded_public_key_to_cryptography(
            helpers.decode_credential_public_key(made.credential_public_key)
        )
        transports = credential.response.transports or []
        reached = tuple(dict.fromkeys(t.value for t in transports[:_COUNT_MAX]))
        return Passkey(made.credential_id, made.credential_public_key, made.sign_count, reached)

    def _signed(self, answer: str, known: Passkey, challenge: bytes) -> int:
        credential = helpers.parse_authentication_credential_json(answer)
        if credential.raw_id != known.credential_id:
            raise PasskeyRefused("the answer is of another key")
        _refuse_framed(credential.response.client_data_json)
        judged = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=self._rp_id,
            expected_origin=self._origin,
            credential_public_key=known.public_key,
            # The package judges the count before the signature: a stranger who knows the id of a
            # key could raise the alarm of a copied one. It is judged after it, in `signed`.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return judged.new_sign_count


def _judged(judge: Callable[[], _T]) -> _T:
    try:
        return judge()
    except PasskeyRefused:
        raise
    except _MALFORMED as e:
        raise PasskeyRefused(str(e)) from e


def _shown(answer: str) -> Shown:
    credential = helpers.parse_authentication_credential_json(answer)
    handle = credential.response.user_handle
    return Shown(credential.raw_id, UUID(bytes=handle) if handle else None)


def _refuse_framed(client_data: bytes) -> None:
    """Refuse what was signed in a frame on somebody else's page. Source: W3C, 7.1 and 7.2."""
    if helpers.parse_client_data_json(client_data).cross_origin:
        raise PasskeyRefused("the answer was given inside another site's page")


def _described(keys: Sequence[Known]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [
        structs.PublicKeyCredentialDescriptor(
            id=key.credential_id,
            transports=[_TRANSPORTS[t] for t in key.transports if t in _TRANSPORTS] or None,
        )
        for key in keys
    ]
