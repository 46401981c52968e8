"""The kinds of lines, a module a sort: states, powers that end, dependences that move."""
