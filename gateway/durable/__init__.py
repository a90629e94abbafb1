"""The one adapter to DBOS: work that survives the process it runs in.

`workflows` registers, starts, takes up and erases workflows; `erasure` erases those of one integration; `locks` shows
which processes are dead; `runtime` holds DBOS's own settings. Nothing else in the gateway imports DBOS.
"""
