"""What the graph asks of the outside: Protocols and their value types, nothing else."""
