"""``python -m carelab``."""

from carelab.cli import main

if __name__ == "__main__":
    main()
