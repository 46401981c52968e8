"""The command line, a module a command group, imported only when used."""
