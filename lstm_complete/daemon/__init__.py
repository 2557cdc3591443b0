"""One warm model for all the shells of a user: a daemon behind a unix socket, and the light client that asks it."""
