"""Reads the tables that people and programs bring: CSV of any usual dialect, JSON lines and what is like them."""
