"""The action port filled for Crelate: from an action's input to columns and calls.

`contact` says which columns an input fills, `requests` the shape of every call that writes, `looking` how to find out
whether one happened.
"""
