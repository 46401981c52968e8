"""A small company of real sshd hosts, and the holds that its former provider has there."""
