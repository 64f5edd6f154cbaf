"""Appends what a client's library gives to a file, at once and unbuffered, at a pace."""
import os
import time

# From so many bytes on the program waits, to be killed.
STOP_AT = int(os.environ.get("TAILS_STOP_AT", 1 << 62))


class PacedFile:
    def __init__(self, path, bytes_per_second):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.bytes_per_second = float(bytes_per_second)
        self.written = 0
        self.began = None

    def append(self, piece):
        """Appends it, and returns when the next may come."""
        self.began = self.began or time.monotonic()
        os.write(self.file, piece)
        self.written += len(piece)
        due = self.began + self.written / self.bytes_per_second
        time.sleep(max(0.0, due - time.monotonic()))
        while self.written >= STOP_AT:
            time.sleep(60)
