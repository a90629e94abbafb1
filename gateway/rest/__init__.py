"""A way in for code written for a unified REST API: its paths, records, filters and errors, answered from the graph.

Each list and each action is a row of a table; the document it sends to the endpoint is made from the shape of its
records. `http` is loaded with the gateway, the others at the first request.
"""
