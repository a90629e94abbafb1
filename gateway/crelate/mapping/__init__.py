"""From Crelate's rows to records of the unified model: one table per model, and the small interpreter `table`."""
