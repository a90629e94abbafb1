"""The action port (`resolvers.ports.writing`) filled for Crelate: from an action's input to columns and calls.

`writer` is the port. `gathering` asks the `questions` an action has to know the answers of, `facts` are the answers,
`refusals` what they forbid, and `planning` names the next write. `contact` says which columns an input fills,
`requests` how each call looks, and `finding` whether one happened whose answer was lost. `relaying` is for requests of
the callers' own.
"""
