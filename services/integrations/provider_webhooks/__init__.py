"""Providers' own webhooks: what they send when something changed, each by its provider's own scheme."""
