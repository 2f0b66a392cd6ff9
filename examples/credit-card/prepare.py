"""Makes dataset_guest_scaled.csv of dataset_guest.csv, as the white paper's notebook does at each party by itself.

Time and Amount, which are large and far apart, are scaled: their median becomes 0, and what lies between their quartiles 1, as by
scikit-learn's RobustScaler. Rows get ids, from 1. Class becomes y, which every release of FATE takes for what is learned.
"""

import argparse
import math
import os

from columns import COLUMNS, read, write


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', help='dataset_guest.csv or dataset_host.csv')
    path = parser.parse_args().file
    time, *components, amount, label = zip(*read(path))
    rows = zip(range(1, len(time) + 1), scaled(amount), scaled(time), *components, label)
    with open(os.path.splitext(path)[0] + '_scaled.csv', 'w', newline='') as file:
        write(file, ['id', 'Scaled_Amount', 'Scaled_Time', *COLUMNS[1:29], 'y'], rows)


def scaled(texts):
    values = [float(text) for text in texts]
    lower, median, upper = (quantile(sorted(values), part) for part in (0.25, 0.5, 0.75))
    return [(value - median) / ((upper - lower) or 1) for value in values]


def quantile(ordered, part):
    """Between two values it lies on the line from one to the other."""
    place = part * (len(ordered) - 1)
    below, above = ordered[int(place)], ordered[math.ceil(place)]
    return below + (place % 1) * (above - below)


main()
