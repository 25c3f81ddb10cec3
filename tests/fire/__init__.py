"""Attacks on the product: what it must survive, and what each of them found."""
