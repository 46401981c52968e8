"""The record kinds, a module a subject, and the words that all of them use."""
