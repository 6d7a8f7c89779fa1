"""`python -m quid_sandbox --home DIR`."""

from quid_sandbox.core.process import main
from quid_sandbox.faces import make_faces

if __name__ == "__main__":
    main(make_faces)
