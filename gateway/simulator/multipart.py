"""Reading `multipart/form-data`, with the content type of every part: `/jobs/{id}/apply` is particular about it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway.simulator.answers import RefusedError
from gateway.simulator.call import Call

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks


@dataclass(slots=True)
class Part:
    """One part of a form."""

    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""

    @property
    def name(self) -> str:
        """The name of its field."""
        return self._disposition(b"name") or ""

    @property
    def file_name(self) -> str | None:
        """The name of the file, or None for a text part."""
        return self._disposition(b"filename")

    @property
    def content_type(self) -> str | None:
        """Its content type without parameters, or None."""
        value = self.headers.get("content-type")
        return value.partition(";")[0].strip().lower() if value else None

    def _disposition(self, option: bytes) -> str | None:
        found = parse_options_header(self.headers.get("content-disposition"))[1].get(option)
        return found.decode("utf-8", "replace") if found is not None else None


class _Form:
    """Collects parts from the callbacks of the parser."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._name = b""
        self._value = b""

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls, by its names for it."""
        return {
            "on_part_begin": self._part_begin,
            "on_part_data": self._part_data,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
        }

    def _part_begin(self) -> None:
        self.parts.append(Part())

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].data += data[start:end]

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        value = self._value.decode("latin-1")  # as the reader of options encodes it
        self.parts[-1].headers[self._name.decode("latin-1").lower()] = value
        self._name = self._value = b""


def read_form(call: Call) -> dict[str, Part]:
    """The parts by name; 400 if the body is no form."""
    kind, options = parse_options_header(call.content_type)
    if kind != b"multipart/form-data":
        raise _unreadable()
    form = _Form()
    try:
        parser = MultipartParser(options.get(b"boundary", b""), form.callbacks())
        parser.write(call.body)
        parser.finalize()
    except MultipartParseError:
        raise _unreadable() from None
    return {part.name: part for part in form.parts}


def _unreadable() -> RefusedError:
    return RefusedError(400, "The request body is not a readable form.")
