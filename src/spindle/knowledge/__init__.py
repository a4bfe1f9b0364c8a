"""What is published: facts with their sources, as data, and the loader that demands sources."""
