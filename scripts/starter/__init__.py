"""How the starter is made: public text gathered by name, cleaned, and a model trained on it."""
