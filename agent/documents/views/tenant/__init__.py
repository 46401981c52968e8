"""The pages of a tenant of Microsoft Entra and Microsoft 365."""
