"""How the world writes cases down: a file each, reading and writing; gives cases and notes."""
