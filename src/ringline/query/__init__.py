"""The query language: chains of operations on a value, and conditions over named values."""
