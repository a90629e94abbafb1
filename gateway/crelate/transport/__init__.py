"""The way of one call over the wire: `exchange` sends it, `signing` adds the key, `retry` says when it is sent again.

`places` bounds how many are under way and for how long. `upstream` is what they go through: any transport of httpx,
which is the seam of the tests, or real connections; a `connection` is one of those that questions are kept on.
"""
