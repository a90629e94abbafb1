"""Passthrough: a request to the ATS's own API, with the gateway's credentials (model 7)."""

from enum import Enum

import strawberry

from schema.actions.attachment import AttachmentInput
from schema.scalars import JSON


@strawberry.enum(description="An HTTP method.")
class HttpMethod(Enum):
    """Model 7."""

    GET = strawberry.enum_value("GET", description="Read.")
    POST = strawberry.enum_value("POST", description="Create, or whatever the path stands for.")
    PUT = strawberry.enum_value("PUT", description="Replace.")
    PATCH = strawberry.enum_value("PATCH", description="Change in part.")
    DELETE = strawberry.enum_value("DELETE", description="Remove.")


@strawberry.input(description="A part of a multipart form: text in `value`, or a file.")
class MultipartFieldInput:
    """Model 7."""

    name: str = strawberry.field(description="Name of the part.")
    value: str | None = strawberry.field(default=None, description="Text of the part.")
    file: AttachmentInput | None = strawberry.field(default=None, description="File of the part.")


@strawberry.input(description="The request.")
class PassthroughInput:
    """Model 7."""

    method: HttpMethod = strawberry.field(description="HTTP method.")
    path: str = strawberry.field(description="Path below the API's base address, such as `/jobs`.")
    params: JSON | None = strawberry.field(default=None, description="Query parameters: an object of texts.")
    headers: JSON | None = strawberry.field(
        default=None, description="Further headers: an object of texts. Host and credentials cannot be set."
    )
    data: JSON | None = strawberry.field(
        default=None, description="Body: an object or list is sent as JSON, text as it is."
    )
    multipart_form_data: list[MultipartFieldInput] | None = strawberry.field(
        default=None, description="Body as a multipart form, instead of `data`."
    )
    response_as_base64: bool = strawberry.field(default=False, description="Return the answer's bytes as base64.")


@strawberry.type(description="The ATS's answer, whatever its status.")
class PassthroughPayload:
    """Model 7. The API key is nowhere in it."""

    url: str = strawberry.field(description="Address that was asked.")
    status: int = strawberry.field(description="HTTP status.")
    headers: JSON = strawberry.field(description="Headers of the answer.")
    data: JSON | None = strawberry.field(description="JSON, text, or base64 when asked for.")
