"""What networks show from outside, without a login anywhere."""
