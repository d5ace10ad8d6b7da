"""Clients of the models that write tips: OpenAI-compatible servers, the embedded model, the baseline, tapes."""
