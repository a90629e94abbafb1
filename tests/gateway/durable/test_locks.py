"""Process locks."""

import psycopg
from sqlalchemy import make_url

from gateway.durable.locks import process_locks
from gateway.durable.sessions import SessionLocks


def test_a_lock_is_held_for_as_long_as_its_holder_lives(database_address: str) -> None:
    """Nobody else can take it, until it is let go of or its holder is gone."""
    url = make_url(database_address)
    one, other = process_locks(url), process_locks(url)

    assert one.take("one")
    assert not other.take("one")
    assert other.take("other")
    one.release("one")
    assert other.take("one")
    other.close()
    assert any(one.take("other") for _ in range(10_000))  # the server sees a moment later that a session is gone
    assert one.refresh()
    one.close()


def test_a_session_that_breaks_takes_its_locks_again(postgres: str) -> None:
    """And says that they had been lost, so that nobody is declared dead meanwhile."""
    url = make_url(postgres)
    one, other = SessionLocks(url), SessionLocks(url)
    assert one.take("here")
    with psycopg.connect(postgres, autocommit=True) as connection:
        found = connection.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'").fetchone()
        assert found is not None
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (found[0],))

    assert other.take("here")
    other.release("here")
    assert not one.refresh()
    assert not other.take("here")
    assert one.refresh()
    one.close()
    other.close()
