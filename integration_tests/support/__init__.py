"""What the end-to-end tests share: the command, its clock, servers on loopback."""
