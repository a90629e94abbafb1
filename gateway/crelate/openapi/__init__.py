"""Comparing Crelate's own description of its API, an OpenAPI file, with what the connector relies on.

`described` reads the file, `needs` says what is relied on, and `comparison` what of it the file has.
"""
