"""What people told the app, what they agreed to, everything about them as a file, and erasing them."""
