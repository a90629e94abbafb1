"""The process and the outside world: HTTP in, Crelate out, settings and the command line."""
