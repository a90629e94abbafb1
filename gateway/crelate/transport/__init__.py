"""The layers of the client's onion: each wraps an httpx transport and knows nothing of the others.

`gateway.crelate.client.onion` puts them together. What a layer needs to know of a call it reads from the request's
`extensions`: `template` (path template) and `idempotent` (whether it may be repeated when its answer is lost), and
`stream` (whether the caller takes the body piece by piece).
"""
