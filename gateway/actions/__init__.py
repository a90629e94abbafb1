"""Writes that happen once: durable workflows, what they check first, and the audit trail they leave.

From the outside in: `actions` is what the resolvers call, `engine` runs workflows on DBOS and takes up those of
processes that died, `workflows` holds one per action, `lookups` reads what an input refers to, `planning` decides the
next write from that, `carrying` sends it and looks before it repeats, `ledger` and `spool` are the tables.
"""
