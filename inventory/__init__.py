"""What is known: records, readings, the store, and three-valued questions about them."""
