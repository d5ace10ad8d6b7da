"""Erasing a user from every module: the saga, its rows, the receipts of the modules, the routes."""
