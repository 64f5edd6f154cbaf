"""Runs a command whose standard output, a pipe, holds no more than a page: small_pipe.py COMMAND ARGUMENT…"""
import fcntl
import os
import sys

F_SETPIPE_SZ = 1031

fcntl.fcntl(1, F_SETPIPE_SZ, 4096)
os.execvp(sys.argv[1], sys.argv[1:])
