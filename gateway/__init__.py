"""The process and the outside world: HTTP in, an ATS out, what is kept between, settings and the command line.

Each room may import itself, and of the others:

    room             may import
    clock            -
    quota            ports
    profile          ports
    integration      -
    ats              integration ports
    database         ports
    durable          clock database
    changes          clock database durable ports
    sharing          ports
    replica          changes clock database ports sharing
    sync             changes clock database durable ports replica
    actions          clock database durable resolvers
    crelate          ats integration profile quota resolvers
    connectors       ats crelate
    accounts         integration
    settings         accounts ats connectors integration resolvers
    simulator        -
    callers          resolvers settings
    agents           callers http resolvers
    rest             callers clock http resolvers
    http             resolvers
    docs             -
    explorer         docs http
    observability    callers http ports
    connect          accounts ats integration ports settings

`ports` are `resolvers.ports` with the errors, ids and types their signatures name; `resolvers` is all of the two layers
below. The other modules are the composition root and may import any room, save that only `connectors` knows `crelate`
and only `demo` the `simulator`:

    process        what lives as long as the process
    storage        what a process with a database keeps, and what works on it
    request        what lives as long as one operation
    profiles       what is known of all accounts, for commands
    app            routes around a process
    server         the app under uvicorn
    listening      the address it listens on
    workers        several processes that listen there
    supervision    what looks after them once they do
    complaints     where people read what went wrong
    cli            the console script
    commands       its commands
    demo, explain, erasure
                   what is behind three of them

`tests/test_layers.py` reads this table and holds the imports to it.
"""
