"""Fetching files from addresses that callers name."""

from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address, ip_network

import httpx
import pytest

from gateway.actions.fetching import Fetcher, Unfetchable, is_public

ADDRESSES = {
    "files.example.com": ["93.184.216.34"],
    "inside.example.com": ["10.0.0.7"],
    "mixed.example.com": ["93.184.216.34", "127.0.0.1"],
}


async def resolve(host: str, port: int) -> Sequence[str]:
    """A name server of our own."""
    if host in ADDRESSES:
        return ADDRESSES[host]
    try:
        return [str(ip_address(host))]
    except ValueError:
        raise OSError("no such host") from None


class Web(httpx.AsyncBaseTransport):
    """A web that answers by path and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of a path."""
        self.asked.append(request)
        path = request.url.path
        if path.startswith("/to/"):
            return httpx.Response(
                302, headers={"Location": path.removeprefix("/to/").replace("!", "://").replace("|", "/")}
            )
        if path == "/loop":
            return httpx.Response(302, headers={"Location": "/loop"})
        if path == "/gone":
            return httpx.Response(404)
        if path == "/packed":
            return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Pieces())
        return httpx.Response(200, headers={"Content-Type": "application/pdf; charset=x"}, stream=Pieces())


class Pieces(httpx.AsyncByteStream):
    """A body in pieces."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """One by one."""
        yield b"%PDF"
        yield b"-1.7"


@pytest.fixture
def web() -> Web:
    """The web."""
    return Web()


async def fetch(web: Web, url: str, **options: object) -> tuple[str | None, bytes]:
    """Media type and bytes of a file."""
    fetcher = Fetcher(resolve=resolve, transport=lambda: web, **options)  # type: ignore[arg-type]
    async with fetcher.fetch(url) as (media_type, pieces):
        return media_type, b"".join([piece async for piece in pieces])


async def code(web: Web, url: str) -> str:
    """The code of a refusal."""
    with pytest.raises(Unfetchable) as refused:
        await fetch(web, url)
    assert "example" not in refused.value.message
    return refused.value.code.name


async def test_a_file_comes_from_the_address_that_was_checked(web: Web) -> None:
    """The connection goes to the address, the certificate and the Host header are the name's, and no more is sent."""
    assert await fetch(web, "https://files.example.com/cv.pdf?sig=1#part") == ("application/pdf", b"%PDF-1.7")

    (request,) = web.asked
    assert str(request.url) == "https://93.184.216.34/cv.pdf?sig=1"
    assert request.extensions["sni_hostname"] == "files.example.com"
    assert dict(request.headers) == {"host": "files.example.com", "accept": "*/*", "accept-encoding": "identity"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:53aa:64c::1",
        "fd00:ec2::254",
    ],
)  # fmt: skip
def test_addresses_that_are_not_the_open_internet(address: str) -> None:
    """Loopback, private, link-local, metadata, shared, reserved, and those that hide one of them."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_that_are(address: str) -> None:
    """Ordinary ones."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://inside.example.com/", "http://mixed.example.com/", "http://127.0.0.1/", "http://[::1]/",
        "http://[::ffff:7f00:1]/", "http://169.254.169.254/latest/meta-data", "ftp://files.example.com/x",
        "file:///etc/passwd", "http://user:pass@files.example.com/", "//files.example.com/x", "gopher://x", "http://",
        "http://files.example.com:0/",
    ],
)  # fmt: skip
async def test_places_only_the_gateway_can_reach_are_not_asked(url: str, web: Web) -> None:
    """Nothing is sent there."""
    assert await code(web, url) == "URL_NOT_ALLOWED"
    assert web.asked == []


@pytest.mark.parametrize("target", ["http!127.0.0.1|x", "http!inside.example.com|x", "file!|etc|passwd"])
async def test_a_redirect_is_checked_like_the_first_address(target: str, web: Web) -> None:
    """A public host cannot point inside."""
    assert await code(web, f"https://files.example.com/to/{target}") == "URL_NOT_ALLOWED"
    assert len(web.asked) == 1


async def test_a_redirect_to_another_public_file_is_followed(web: Web) -> None:
    """Each hop is pinned."""
    url = "https://files.example.com/to/http!files.example.com|cv.pdf"
    assert (await fetch(web, url))[1] == b"%PDF-1.7"
    assert [str(request.url.host) for request in web.asked] == ["93.184.216.34", "93.184.216.34"]


@pytest.mark.parametrize("path", ["loop", "gone", "packed"])
async def test_what_is_no_file_is_unreachable(path: str, web: Web) -> None:
    """Endless redirects, errors, and codings that could swell."""
    assert await code(web, f"https://files.example.com/{path}") == "FILE_UNREACHABLE"


async def test_an_unknown_host_is_unreachable(web: Web) -> None:
    """Without saying more."""
    assert await code(web, "https://nowhere.example.com/") == "FILE_UNREACHABLE"


async def test_a_trusted_network_may_be_named_by_whoever_builds_the_fetcher(web: Web) -> None:
    """Which is how tests reach a server of their own."""
    trusted = [ip_network("127.0.0.0/8")]
    assert (await fetch(web, "http://127.0.0.1:8080/cv.pdf", trusted=trusted))[1] == b"%PDF-1.7"
