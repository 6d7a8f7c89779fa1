"""An authority of a test's own, and what it vouches for."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_LIFE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Authority:
    """Whose word is in `trust`, a file to put into SSL_CERT_FILE; `chain` is the server's."""

    trust: Path
    chain: Path

    def serving(self, *protocols: str) -> ssl.SSLContext:
        """What a server of this machine shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context


def authority(folder: Path, *, names: tuple[str, ...] = ("localhost",)) -> Authority:
    """Make an authority and a certificate of this machine under these names."""
    folder.mkdir(parents=True, exist_ok=True)
    root, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    trusted = _signed(_subject("Tests"), root, _subject("Tests"), root, ())
    shown = _signed(_subject("Server"), server, _subject("Tests"), root, names)
    trust, chain = folder / "trust.pem", folder / "chain.pem"
    trust.write_bytes(trusted.public_bytes(serialization.Encoding.PEM))
    secret = server.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(secret + shown.public_bytes(serialization.Encoding.PEM))
    return Authority(trust, chain)


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _signed(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    by: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder(
            issuer, name, key.public_key(), x509.random_serial_number(), _AT, _AT + _LIFE
        )
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=not names,
                crl_sign=not names,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if names:
        everywhere = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        known = [*(x509.DNSName(n) for n in names), *everywhere]
        made = made.add_extension(x509.SubjectAlternativeName(known), critical=False)
    return made.sign(by, hashes.SHA256())
