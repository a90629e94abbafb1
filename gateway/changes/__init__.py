"""The change log: what was observed, who follows it, and the webhooks that deliver it."""
