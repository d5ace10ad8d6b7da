"""Web Push: the browser's subscription, encryption for it, the key that signs for this server, and the hand-over."""
