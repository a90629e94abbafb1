"""Everything that is read from Crelate, for the graph (`source`), for syncs (`lists`) and for actions.

`questions` says which function answers which question; `paging` does so for lists. Below them is one module per model:
how its records are found by key, by parent, whole or page by page. Each function takes a `Session`, which remembers the
rows of one request, and a list of keys; errors that concern single keys are values of the answer. `listing` is the one
pager, and looks at every row that a filter lets through; `rows` is the one reader of records by key, and `tables` holds
the small tables.
"""
