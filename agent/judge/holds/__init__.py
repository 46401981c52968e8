"""What may be a hold or a dependence, a module a subject; whose it is, matching decides."""
