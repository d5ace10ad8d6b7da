"""Execution of an operation: prepared documents, completion of lists, the response and its audit row."""
