"""What a person or a timer starts: audit, judge, transition, documents, the command line."""
