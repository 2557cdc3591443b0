"""How long a test waits for what must come: as long as a machine may need that does ten other things."""

PATIENCE_S = 120  # only ever waited for by a test that fails
