"""Bringing outputs made elsewhere into the lake, so that everything after collecting works on them."""
