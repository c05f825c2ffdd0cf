"""How long may a rotator publish nothing? As long as a healthy one can, and a little longer."""


def longest_healthy_silence_minutes(interval_minutes: int) -> int:
    """How many whole minutes can pass without a publication while everything works.

    Two runs of the schedule start up to ``interval`` minutes and 59 s apart, and a publication can
    take the function's whole time-out longer than the one before: with a last token at the very end
    of its minute, ``interval + 1`` minutes stay empty.
    """
    return interval_minutes + 1


def silent_minutes(interval_minutes: int) -> int:
    """How many empty minutes in a row mean that nothing runs: one more than while healthy, and
    one for a token of the newest minute that has not arrived in CloudWatch yet.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
    """
    return longest_healthy_silence_minutes(interval_minutes) + 2
