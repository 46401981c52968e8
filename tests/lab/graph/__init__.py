"""A login service and a Graph of the lab's own, and tenants to fill them (server.serve)."""
