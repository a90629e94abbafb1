"""How `connect` and `doctor` end."""

from __future__ import annotations

from enum import IntEnum

from resolvers.ports.access import CannotConnect, Obstacle


class Exit(IntEnum):
    """Exit codes. 2 is left out: the command line itself ends with it when it is called wrongly."""

    DONE = 0
    """Connected; or nothing has failed."""
    FAILED = 1
    """Something that `doctor` looked at does not work."""
    NO_KEY = 3
    """What was given is no API key, or nothing was given."""
    REFUSED_KEY = 4
    """The ATS refused the key."""
    WRONG_HOST = 5
    """There is nothing at the address, or it is not the ATS's API."""
    NO_RIGHTS = 6
    """The key is good, and its owner may read nothing."""
    TRY_AGAIN = 7
    """The ATS cannot answer for the moment, or another trial is under way."""
    SETTINGS = 8
    """The settings are wrong, or were left as they are."""
    NOT_WRITTEN = 9
    """The files could not be written."""
    DECLINED = 10
    """Nobody agreed to a trial; nothing was written."""
    UNUSABLE = 11
    """The description of the ATS's API cannot be had, or is none."""
    STOPPED = 130
    """A trial was stopped from the keyboard."""


class Stop(Exception):
    """The command ends here.

    Attributes:
        exit: Exit code.
        sentence: For the person at the terminal; never holds a key.
    """

    def __init__(self, exit: Exit, sentence: str) -> None:
        self.exit = exit
        self.sentence = sentence
        super().__init__(sentence)

    @classmethod
    def at(cls, error: CannotConnect) -> Stop:
        """The end of a command whose account cannot be used."""
        return cls(EXITS[error.obstacle], error.sentence)


EXITS = {
    Obstacle.KEY: Exit.REFUSED_KEY,
    Obstacle.ADDRESS: Exit.WRONG_HOST,
    Obstacle.RIGHTS: Exit.NO_RIGHTS,
    Obstacle.BUSY: Exit.TRY_AGAIN,
}
"""Why an account cannot be used -> exit code."""
