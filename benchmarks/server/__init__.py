"""What the server takes: GraphQL documents and lists, requests through the edge, launches, start-up."""
