"""The port of files: what the graph asks about files of candidates."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from resolvers.errors import AtsError
from schema.actions.attachment import Attachment


class Files(Protocol):
    """The files of one account's candidates that can be read back."""

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment] | AtsError]:
        """For each candidate key the candidate's files; a key without a candidate is absent.

        An error that concerns single keys is a value of the mapping.

        Raises:
            AtsError: nothing can be answered.
        """
