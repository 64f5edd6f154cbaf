"""Appends what a client's library gives to a file, at once and unbuffered, at a pace."""
import os
import time


class PacedFile:
    def __init__(self, path, bytes_per_second):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.bytes_per_second = float(bytes_per_second)
        self.written = 0
        self.began = None

    def append(self, piece):
        self.began = self.began or time.monotonic()
        os.write(self.file, piece)
        self.written += len(piece)
        due = self.began + self.written / self.bytes_per_second
        time.sleep(max(0.0, due - time.monotonic()))
