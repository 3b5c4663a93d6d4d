"""Documents in the inbox and the candidates that they give."""
