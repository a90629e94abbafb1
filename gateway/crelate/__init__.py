"""Crelate: the ports of `resolvers.ports` filled, and all that knows Crelate's words.

From the outside in: `connector` is one connected account, `reading` answers the graph's questions in the fewest calls,
`writing` carries out actions, `mapping` turns rows into records, `protocol` turns calls into requests and answers into
data or errors, `client` and `transport` carry them. `assumptions` holds what is believed about Crelate without proof.
"""
