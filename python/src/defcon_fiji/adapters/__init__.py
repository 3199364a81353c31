"""Joins for the programs around microscopes, each a short module of its own."""
