"""How people and programs reach the assistant: the command line, the page, MCP; nothing below knows of them.

What they offer is made below: `application.py` puts it together.
"""
