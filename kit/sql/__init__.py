"""SQL for all modules with tables: sessions, stores that may be unavailable, the write queue of SQLite."""
