"""Judging rounds over the network: items, answers given one by one, uploads and webhooks."""
