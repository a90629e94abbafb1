"""The change log: every observed change, the feed that follows it, and the webhooks that deliver it."""
