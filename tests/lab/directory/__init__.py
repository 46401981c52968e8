"""Real directories on loopback addresses: a Samba domain controller and slapd, with specimens."""
