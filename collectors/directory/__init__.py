"""What is asked of a directory over LDAP: one module a subject."""
