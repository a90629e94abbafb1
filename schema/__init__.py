"""The unified ATS model, one module per model. Imports nothing of ours; everything may import it."""
