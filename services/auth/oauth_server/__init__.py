"""The authorization server for native clients: authorize, token, revoke, and the grants behind them."""
