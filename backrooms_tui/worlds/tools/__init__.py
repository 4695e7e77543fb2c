"""Tool servers: any MCP server as a world, whose tools are commands. https://modelcontextprotocol.io"""
