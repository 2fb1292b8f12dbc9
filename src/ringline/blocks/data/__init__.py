"""Blocks that exchange data with other systems."""
