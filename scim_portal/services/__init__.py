"""What the product does: functions of (ctx, …) that decide and orchestrate. They flush, and never commit."""
