"""Global ids and cursors: opaque to clients, bound to one integration, told apart by a version.

An id is a prefix (version, model, integration) and the record's key; a cursor is a prefix (version, list) and a
position. Both prefixes are a multiple of three bytes, so that their encoded form is a constant that is put in front.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import b2a_base64
from functools import lru_cache
from hashlib import blake2s

from resolvers.errors import BadUserInput
from schema.model import MODELS

VERSION = "1"
REMOTE = "remote:"
"""In front of a remote id wherever an id is taken (model 2.1)."""

SCOPES = 16
"""Lists for which what their cursors begin with is held."""

_PREFIX_BYTES = 6
_PREFIX_LENGTH = 8
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_BY_CODE = {model.code: name for name, model in MODELS.items()}


class Ids:
    """The ids of one integration.

    Args:
        integration: Name of the integration, such as `crelate:default`.

    Attributes:
        prefixes: What the ids of each model begin with.
    """

    def __init__(self, integration: str) -> None:
        self._tag = urlsafe_b64encode(blake2s(integration.encode(), digest_size=3).digest()).decode()
        self.prefixes = {name: encoded(VERSION + model.code + self._tag) for name, model in MODELS.items()}
        self._own = frozenset(self.prefixes.values())

    def encode(self, model: str, key: str) -> str:
        """The global id of the record of `model` with this key."""
        return self.prefixes[model] + encoded(key)

    def owns(self, global_id: str) -> bool:
        """Whether it begins as the ids of this integration do."""
        return global_id[:_PREFIX_LENGTH] in self._own

    def decode(self, global_id: str, argument: str) -> tuple[str, str]:
        """The model and key behind a global id.

        Raises:
            BadUserInput: it is not an id of this integration; names `argument`.
        """
        prefix = _decode(global_id[:_PREFIX_LENGTH], argument)
        if len(prefix) != _PREFIX_BYTES or prefix[0] != VERSION or prefix[2:] != self._tag or prefix[1] not in _BY_CODE:
            raise _not_an_id(argument)
        key = _decode(global_id[_PREFIX_LENGTH:], argument)
        if not key:
            raise _not_an_id(argument)
        return _BY_CODE[prefix[1]], key

    def key(self, model: str, given: str, argument: str) -> str:
        """The key of a record of `model`, from a global id or from `remote:<remote id>`.

        Raises:
            BadUserInput: it is neither, or an id of another model.
        """
        if given.startswith(REMOTE) and len(given) > len(REMOTE):
            return given.removeprefix(REMOTE)
        found, key = self.decode(given, argument)
        if found != model:
            raise BadUserInput(f"Argument {argument}: this is the id of another model than {model}.", argument=argument)
        return key

    def cursor(self, scope: str, position: str) -> str:
        """An opaque cursor for a position in the list that `scope` describes."""
        return _cursor_prefix(self._tag, scope) + encoded(position)

    def position(self, scope: str, cursor: str, argument: str) -> str:
        """The position behind a cursor.

        Raises:
            BadUserInput: it is not a cursor, or one of another list, filter or order.
        """
        if not cursor.startswith(_cursor_prefix(self._tag, scope)):
            raise BadUserInput(
                f"Argument {argument}: this is not a cursor of this list under this filter and order.",
                argument=argument,
            )
        return _decode(cursor[_PREFIX_LENGTH:], argument)


@lru_cache(maxsize=SCOPES)
def _cursor_prefix(tag: str, scope: str) -> str:
    """What all cursors of a list begin with, the same for each of a page."""
    digest = blake2s(f"{VERSION}{tag}{scope}".encode(), digest_size=_PREFIX_BYTES).digest()
    return urlsafe_b64encode(digest).decode()


def encoded(text: str) -> str:
    """A key or position as it stands in ids and cursors, behind their prefix."""
    return b2a_base64(text.encode(), newline=False).translate(_URL_SAFE, b"=").decode()


def _decode(text: str, argument: str) -> str:
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError as error:
        raise _not_an_id(argument) from error
    if encoded(decoded) != text:
        raise _not_an_id(argument)
    return decoded


def _not_an_id(argument: str) -> BadUserInput:
    return BadUserInput(f"Argument {argument}: this is not an id or cursor of this gateway.", argument=argument)
