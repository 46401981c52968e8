"""Collectors of a tenant of Microsoft Entra and Microsoft 365, a module a subject."""
