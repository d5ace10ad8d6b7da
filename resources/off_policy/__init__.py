"""Logs of decisions and target policies as files, made here or elsewhere, and their off-policy estimates."""
