"""The explorer: GraphiQL built from ``ui/`` into ``dist/`` when the package is built, and the routes that serve it."""
