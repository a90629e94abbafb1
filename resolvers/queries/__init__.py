"""The root fields of Query, one module per topic."""
