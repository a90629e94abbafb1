"""Which media type an answer has."""

import pytest

from gateway.http.errors import RequestError
from gateway.http.negotiation import MediaType, accepted_coding, negotiate

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", MediaType.JSON),
        ("*/*", MediaType.JSON),
        ("application/*", MediaType.JSON),
        ("application/json", MediaType.JSON),
        ("application/json; charset=utf-8", MediaType.JSON),
        ("APPLICATION/JSON", MediaType.JSON),
        ("application/graphql-response+json", MediaType.GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", MediaType.GRAPHQL),
        ("application/json, application/graphql-response+json", MediaType.GRAPHQL),
        ("application/graphql-response+json;q=0.5, application/json", MediaType.JSON),
        ("application/graphql-response+json;q=0, */*", MediaType.JSON),
        ("application/json;q=0, */*;q=0.1", MediaType.GRAPHQL),
        ("text/html,application/xhtml+xml,*/*;q=0.8", MediaType.JSON),
        ("application/json;q=nonsense, application/graphql-response+json;q=0.1", MediaType.GRAPHQL),
        ("text/event-stream", MediaType.EVENT_STREAM),
        ("text/event-stream, application/json;q=0.1", MediaType.JSON),
        ("text/event-stream, */*", MediaType.JSON),
        (URQL, MediaType.GRAPHQL),
    ],
)
def test_the_best_of_what_is_accepted_is_chosen(accept: str, chosen: MediaType) -> None:
    """Quality values decide, then how exactly a type is named; a stream only for want of anything else."""
    assert negotiate(accept) is chosen


@pytest.mark.parametrize(
    "accept", ["image/png", "text/*", "application/json;q=0", "text/event-stream;q=0", "multipart/mixed", "*/*;q=0"]
)
def test_what_cannot_be_given_is_not_acceptable(accept: str) -> None:
    """Without a type of ours the status is 406."""
    with pytest.raises(RequestError) as refused:
        negotiate(accept)
    assert refused.value.status == 406


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("", False), ("deflate", False), ("GZip", True)],
)
def test_a_content_coding_is_used_only_when_it_is_named(header: str, accepted: bool) -> None:
    """Codings are taken by name, and not with a quality of zero."""
    assert accepted_coding(header, "gzip") is accepted
