"""The admin panel as browsers get it: the built files and the pages that they are."""
