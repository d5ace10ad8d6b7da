"""Writing entries of the catalog: previews before they are added, and answers to one request of a prompt."""
