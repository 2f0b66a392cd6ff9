"""Prints transactions of the shape of creditcard.csv, which nobody has made. The same seed gives the same file."""

import argparse
import math
import os
import random
import sys

from columns import COLUMNS, write

# The truth that a model is to find: how far these columns of a fraud may lie from those of others, in deviations. Some frauds look
# like it, and some hardly.
SHIFTS = {'V3': -4, 'V4': 3, 'V7': -4, 'V10': -5, 'V11': 4, 'V12': -6, 'V14': -7, 'V16': -5, 'V17': -8}
SECONDS = 172800  # two days, as of the real data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', type=int, default=5000, help='5000; the real data have 284807')
    parser.add_argument('--frauds', type=float, default=0.02, help='part of the rows, 0.02; of the real data it is 0.00173')
    parser.add_argument('--seed', type=int, default=1, help='1')
    asked = parser.parse_args()
    if asked.rows < 1 or not 0 <= asked.frauds <= 1:
        parser.error('use 1 row or more, and a part of them from 0 to 1')
    try:
        write(sys.stdout, COLUMNS, transactions(asked.rows, asked.frauds, random.Random(asked.seed)))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def transactions(rows, part, chance):
    frauds = set(chance.sample(range(rows), round(rows * part)))
    for i in range(rows):
        is_fraud = i in frauds
        likeness = chance.uniform(0.2, 1.8) if is_fraud else 0
        yield [SECONDS * i // rows, *components(likeness, chance), amount(chance), int(is_fraud)]


def components(likeness, chance):
    """Each varies less than the one before, as principal components do: V1 by 2, V28 by a third."""
    # Drawn here and now: until Python 3.9 a generator in a list would be asked after what stands behind it.
    shifts = [SHIFTS.get(name, 0) * likeness for name in COLUMNS[1:29]]
    return [f'{2 * 0.935**i * chance.gauss(shift, 1):.6f}' for i, shift in enumerate(shifts)]


def amount(chance):
    """Half are less than 22 EUR, and few more than a thousand."""
    return f'{22 * math.exp(chance.gauss(0, 1.5)):.2f}'


main()
