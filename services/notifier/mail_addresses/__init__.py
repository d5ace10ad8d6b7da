"""Mail addresses of users: confirmed by a link before anything is sent there, and suppressed once mail comes back."""
