"""World-interface servers: the HTTP format that UniversalBackrooms speaks with the world of its command line."""
