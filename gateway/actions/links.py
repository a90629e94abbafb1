"""Signed addresses under which the gateway hands out files of the ATS for some minutes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from itsdangerous import BadData, URLSafeSerializer

from gateway.actions.files import PATH
from resolvers.errors import AtsError
from resolvers.ports.files import Files
from schema.actions.attachment import Attachment

LIFETIME = timedelta(minutes=15)
SECRET_NAME = "files"  # noqa: S105  its name, not the secret


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed address stands for.

    Attributes:
        integration: The account that has the file.
        file_id: Id of the file there.
        name: Name to save it under.
    """

    integration: str
    file_id: str
    name: str


class Links:
    """Signs addresses, and reads them back.

    Args:
        secret: Signs addresses; anyone who has it can make some.
        clock: Tells when one has expired.
    """

    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._serializer = URLSafeSerializer(secret, salt=SECRET_NAME)
        self._clock = clock

    def sign(self, link: Link) -> str:
        """The path of a file, good for `LIFETIME`."""
        until = int((self._clock() + LIFETIME).timestamp())
        token = self._serializer.dumps([link.integration, link.file_id, link.name, until])
        text = token if isinstance(token, str) else token.decode("ascii")
        return f"{PATH}/{text}/{quote(link.name, safe='')}"

    def read(self, token: str) -> Link | None:
        """What a signed token stands for; null when it is not one of ours or has expired."""
        try:
            integration, file_id, name, until = self._serializer.loads(token)
        except BadData:
            return None
        return Link(integration, file_id, name) if self._clock().timestamp() < until else None


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """Files of an ATS, each with a signed address on this gateway; fills `resolvers.ports.files.Files`.

    Attributes:
        files: The ATS's.
        links: Signs addresses.
        integration: The account that has the files.
        base_url: Works out the address of this gateway as the caller knows it.
    """

    files: Files
    links: Links
    integration: str
    base_url: Callable[[], str]

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment] | AtsError]:
        """The files of each candidate, with their addresses."""
        found = await self.files.attachments(keys)
        root = self.base_url().rstrip("/")
        return {
            name: held if isinstance(held, AtsError) else [self._signed(root, file) for file in held]
            for name, held in found.items()
        }

    def _signed(self, root: str, file: Attachment) -> Attachment:
        link = Link(self.integration, str(file.remote_id), str(file.name))
        return replace(file, data_url=root + self.links.sign(link))
