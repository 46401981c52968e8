"""What stands in the lab's domain, a module a subject: specimens and the decoys beside them."""
