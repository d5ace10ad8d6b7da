"""Calendars: read in a process of their own, and what of their time is taken."""
