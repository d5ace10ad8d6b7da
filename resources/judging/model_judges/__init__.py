"""Judges of the catalog that are models: what they are sent, their journals, and the answers that become scores."""
