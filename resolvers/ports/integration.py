"""The name of a connected account."""

from __future__ import annotations


class IntegrationName(str):
    """The tool and the account, as `X-Integration-Id` spells them: `crelate:default`.

    It is a text, so that it can stand as it is in a header, a row, a label or an id.

    Attributes:
        tool: Slug of the ATS.
        account: What the settings call the account.
    """

    __slots__ = ()

    @classmethod
    def of(cls, tool: str, account: str) -> IntegrationName:
        """The name of an account."""
        return cls(f"{tool}:{account}")

    @classmethod
    def read(cls, text: str, tool: str) -> IntegrationName:
        """A name as people write it: the whole of it, or the account alone where the tool is known."""
        return cls(text) if ":" in text else cls.of(tool, text)

    @property
    def tool(self) -> str:
        """Slug of the ATS."""
        return self.partition(":")[0]

    @property
    def account(self) -> str:
        """What the settings call the account."""
        return self.partition(":")[2]
