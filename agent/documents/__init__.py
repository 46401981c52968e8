"""What is said to people: views, templates, formats."""
