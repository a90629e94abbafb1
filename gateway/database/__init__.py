"""Everything that knows SQL dialects: the engine, all tables and their migrations, the shared quota."""
