"""How fast the panel and the page of judges are in Debian's Chromium."""
