"""The connector's form: its fields, its mistakes, and the days it chooses."""
