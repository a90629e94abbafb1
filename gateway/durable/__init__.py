"""The one adapter to DBOS: work that survives the process it runs in.

`workflows` registers, starts, takes up and erases workflows; `locks` tells which processes are dead; `runtime` holds
DBOS's own settings. Nothing else in the gateway imports DBOS.
"""
