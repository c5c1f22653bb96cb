"""Many at once, and sudden death: real processes on both databases, checked by counting afterwards."""
