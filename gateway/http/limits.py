"""How much one caller may ask for at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one endpoint.

    Under the defaults no document stalls the event loop for long and every well-known client still works.

    Attributes:
        body_bytes: Size of a request body or WebSocket message.
        body_values: Values in a request body or WebSocket message, judged by its commas and brackets.
        body_seconds: Time a request body may take to arrive, beside what its size takes at `body_rate`.
        body_rate: Bytes per second that are fast enough for a large body.
        source_characters: Length of a document's text.
        tokens: Lexical tokens of a document; comments are not counted.
        depth: Levels of nested fields; below `__schema` and `__type` they are not counted.
        aliases: Aliases in a document.
        directives: Directives in a document.
        introspections: Fields `__schema` and `__type` in a document: each may list the whole schema.
        operations: Operations in a document.
        variables: Variables declared by an operation.
        variable_values: Values inside the variables, nested ones included.
        variable_depth: Levels of nested values inside the variables.
        repeated_fields: Fields of a document whose response key is already there in the same selection set; what
            the merging rule costs grows with their square.
        cost: Estimated records and upstream requests of an operation, page sizes multiplied.
        operation_seconds: Time after which what is still missing is answered with errors, see `deadline`.
        grace_seconds: Time beyond that after which the whole operation is given up.
        socket_connections: WebSocket connections of a process.
        socket_operations: Operations running at once on one WebSocket.
        socket_init_seconds: Time a WebSocket client has to send `connection_init`.
        socket_ping_seconds: Pause between two pings; a connection that answers nothing for that long is closed.
        socket_idle_seconds: Time a WebSocket without a running operation stays open.
        stream_ping_seconds: Pause between two keep-alive comments of an event stream.
    """

    body_bytes: int = 1_000_000
    body_values: int = 100_000
    body_seconds: float = 10.0
    body_rate: int = 250_000
    source_characters: int = 20_000
    tokens: int = 1_000
    depth: int = 12
    aliases: int = 30
    directives: int = 20
    introspections: int = 4
    operations: int = 20
    variables: int = 100
    variable_values: int = 10_000
    variable_depth: int = 50
    repeated_fields: int = 50
    cost: int = 5_000
    operation_seconds: float = 25.0
    grace_seconds: float = 2.0
    socket_connections: int = 1_000
    socket_operations: int = 50
    socket_init_seconds: float = 5.0
    socket_ping_seconds: float = 20.0
    socket_idle_seconds: float = 600.0
    stream_ping_seconds: float = 15.0
