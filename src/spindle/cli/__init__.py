"""The same verbs from a terminal, one file a command group."""
