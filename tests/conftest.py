"""What holds for every test."""

import signal

# A shell starts background jobs with SIGINT ignored, and children inherit that: the tests that send
# it to a program would wait in vain. https://docs.python.org/3/library/signal.html#signal.SIGINT
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
