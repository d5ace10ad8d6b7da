"""The server's one database: its engine, the benchmark's own tables and their migrations."""
