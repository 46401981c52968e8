"""The only doors to the outside: each sends declared asks and brings back answers or gaps."""
