"""The gateway for agents: tools of the Model Context Protocol, each a GraphQL document that the endpoint answers.

`protocol`, `sessions` and `stdio` load the protocol's package, which takes a second; the others do not.
"""
