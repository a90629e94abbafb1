"""Seeing the gateway run: health, metrics, logs and traces, none of which ever holds personal data.

Every server process answers for itself; with several workers a scrape or a probe meets one of them.
"""
