"""Everything that knows SQL dialects: the engine, column types, all tables and their migrations, the shared quota."""
