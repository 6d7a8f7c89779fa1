"""The adapters, the sandbox as a process and the books, without the API."""

from tests.support.crossing import crossing, rails_process, step

__all__ = ["crossing", "rails_process", "step"]
