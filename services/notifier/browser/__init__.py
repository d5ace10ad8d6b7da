"""Push messages in a browser: a page that switches them on, and the service worker that shows them."""
