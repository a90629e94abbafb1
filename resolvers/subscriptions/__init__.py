"""The root fields of Subscription, one module per topic."""
