"""The actions of the unified model (model 6): inputs, payloads, and what can be said about an input."""
