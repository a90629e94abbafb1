"""Trying an account out by writing to it: fills `resolvers.ports.trial`.

A made-up contact is created, put on a job, given a note and files, looked at, and removed. `trials` is the port,
`steps` says what is tried and what it shows, `throwaway` makes up the contact, `sending` sends the connector's own
writes, `traces` notes what they make, and `clearing` removes it.
"""
