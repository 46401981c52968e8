"""Starts the command line as the installed program does."""

from agent.cli.main import main

main()
