"""How a question is answered: the source seam, loaders, queries and mutations. Imports only `schema`."""
