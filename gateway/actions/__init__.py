"""Writes that happen once: durable workflows, what is checked first, and the audit trail they leave.

Nothing here knows which ATS is behind: what an action looks up, sends and searches for is the ATS's, behind
`resolvers.ports.writing`. From the outside in: `actions` is what the resolvers call, `specifications` has one row per
action, `engine` runs each as a workflow, `workflows` goes from its first step to its last, `carrying` sends a write and
looks before it repeats, `ledger` and `spool` are the tables, `results` what is answered. `passing` relays callers' own
requests; `filing`, `fetching` and `content` take files in, `links` and `files` hand them out.
"""
