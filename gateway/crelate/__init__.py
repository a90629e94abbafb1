"""Crelate, live: all that knows Crelate's words. Imported by the gateway's wiring; imports `resolvers` and `schema`.

From the outside in: `connector` answers the graph's questions in the fewest calls, `mapping` turns rows into records,
`protocol` turns calls into requests and answers into data or errors, `client` and `transport` carry them.
`assumptions` holds whatever is believed about Crelate without proof.
"""
