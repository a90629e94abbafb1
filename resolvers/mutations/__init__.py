"""The root fields of Mutation, one module per action."""
