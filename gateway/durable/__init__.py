"""The one adapter to DBOS: work that survives the process it runs in.

`workflows` registers, starts, takes up and erases workflows; `runtime` is DBOS with its settings, loaded when there is
a workflow to run; `rows` reads what DBOS has written down, without loading it; `erasure` erases the workflows of one
integration; `locks` shows which processes are dead, on Postgres by `sessions`. Nothing else imports DBOS.
"""
