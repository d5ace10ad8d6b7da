"""Asks models: any requests, one journal, their clients and a ceiling; knows nothing of what the answers are for."""
