"""SQL for whoever keeps tables: sessions, stores that may be away, the queue of SQLite's writers."""
