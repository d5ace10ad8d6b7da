"""GraphQL over HTTP, websocket and server-sent events, and the GraphiQL page."""
