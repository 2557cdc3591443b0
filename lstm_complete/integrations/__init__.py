"""Where the suggestions appear: one file a host, and what hosts share (worker, model, switch, menu, ghost and keys)."""
