"""What changed a moment ago, for whoever looks at it."""
