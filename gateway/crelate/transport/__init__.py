"""The way of one call over the wire: `exchange` sends it, `signing` adds the key, `retry` says when it is sent again.

The innermost transport is httpx's, and the seam of the tests; `pool` is the one in use.
"""
