"""The replica: what was read from an ATS, kept with its age, and the source that reads through it.

`store` reads and writes `copies`; `observation` decides what a record that was read changes; `codec`, `paging` and
`selection` turn records, orders and filters into SQL; `source` answers requests from copies that are fresh enough
(`freshness`) and from upstream, whose answers come through the `intake` and are written behind (`write_behind`); `warm`
holds copies in memory, in a `hot` set from which the `touches` of any process take them; `retention` empties deleted
records.
"""
