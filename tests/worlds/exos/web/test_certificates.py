"""Over https the host has to be who it says it is, though the connection goes to a number."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from backrooms_tui.worlds.exos.web.fetching import Reaching, certificates
from backrooms_tui.worlds.exos.web.web import Web
from tests.worlds.exos.sitting import Sitting
from tests.worlds.exos.web.site import answer

pytest.importorskip("cryptography")

HOST = "one.example.org"


def certified(folder: Path) -> Path:
    """A certificate of its own making for HOST, with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


class Sealed:
    """A server that speaks TLS, and the names that it was asked for."""

    def __init__(self, file: Path) -> None:
        self.file, self.names, self.port = file, list[str | None](), 0

    def sitting(self, believed: Callable[[], ssl.SSLContext]) -> Sitting:
        """An agent before a web in which every name leads to this server."""

        async def numbers(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
            return [ipaddress.IPv4Address("127.0.0.1")]

        reaching = Reaching(frozenset({self.port}), lambda one: True, numbers, believed)
        return Sitting([Web(reaching)], {"web": "allow"})

    def believing(self) -> ssl.SSLContext:
        """Who believes this certificate."""
        return ssl.create_default_context(cafile=self.file)


@pytest_asyncio.fixture
async def sealed(tmp_path: Path) -> AsyncIterator[Sealed]:
    made = Sealed(certified(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file)
    context.sni_callback = lambda socket, name, its: made.names.append(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"<p>sealed"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


async def test_the_certificate_is_asked_for_by_name(sealed: Sealed) -> None:
    sitting = sealed.sitting(sealed.believing)
    assert "sealed" in await sitting.gives(f"web open https://{HOST}:{sealed.port}/")
    assert sealed.names == [HOST]


async def test_a_certificate_for_another_name_does_not_hold(sealed: Sealed) -> None:
    sitting = sealed.sitting(sealed.believing)
    screen = await sitting.gives(f"web open https://two.example.org:{sealed.port}/")
    assert "its certificate does not hold" in screen


async def test_a_certificate_that_nobody_vouches_for_does_not_hold(sealed: Sealed) -> None:
    sitting = sealed.sitting(certificates)
    assert "its certificate does not hold" in await sitting.gives(f"web open https://{HOST}:{sealed.port}/")
