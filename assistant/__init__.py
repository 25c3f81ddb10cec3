"""Asks a news article questions, in English or Japanese, wholly on the user's own machine."""
