"""``python -m source_incontact``: the same as the console command."""

from source_incontact.run import run

if __name__ == "__main__":
    run()
