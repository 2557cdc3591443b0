"""The language server: what editors ask for, over standard input and output, with pygls."""
