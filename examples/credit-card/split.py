"""Splits creditcard.csv into the halves of the white paper, dataset_guest.csv and dataset_host.csv: the first row is the guest's, the
second the host's, and so on."""

import argparse

from columns import COLUMNS, read, write

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('file', help='creditcard.csv')
rows = read(parser.parse_args().file)
for first, name in enumerate(['guest', 'host']):
    with open(f'dataset_{name}.csv', 'w', newline='') as half:
        write(half, COLUMNS, rows[first::2])
