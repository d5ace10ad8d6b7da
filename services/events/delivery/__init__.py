"""Delivery of events: in this process or through a broker, with retries."""
