"""What stands in the lab's OpenLDAP directory: specimens, and the decoys beside them."""
