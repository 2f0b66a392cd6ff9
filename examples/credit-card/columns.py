"""What creditcard.csv holds: the columns of kaggle.com/mlg-ulb/creditcardfraud in this order, a transaction each row.

All of them are numbers, and none is left out. V1 to V28 are principal components of what the banks keep to themselves.
"""

import csv
import math
import re
import sys

MEANINGS = {
    'Time': 'seconds since the first transaction, 0 or more',
    **{f'V{i}': f'principal component {i}' for i in range(1, 29)},
    'Amount': 'what was paid, in EUR, 0 or more',
    'Class': '1 for a fraud, 0 for all else',
}
COLUMNS = list(MEANINGS)


def read(path):
    """Rows of a file, each the texts of its columns. Ends the program with what is wrong in the file, where anything is."""
    try:
        file = open(path, newline='', encoding='utf-8-sig', errors='replace')
    except OSError as error:
        sys.exit(f'{path}: {error.strerror}')
    with file:
        lines = csv.reader(file)
        head = next(lines, [])
        if head != COLUMNS:
            sys.exit(f'{path}:1: columns are {", ".join(head) or "missing"}; use {", ".join(COLUMNS)}')
        rows, faults = [], []
        for row in lines:
            rows.append(row)
            faults += [f'{path}:{lines.line_num}: {fault}' for fault in faults_of(row)]
    if not rows:
        sys.exit(f'{path}: has no rows')
    if faults:
        more = [f'and {len(faults) - 10} more'] if len(faults) > 10 else []
        sys.exit('\n'.join(faults[:10] + more))
    return rows


def faults_of(row):
    if len(row) != len(COLUMNS):
        return [f'has {len(row)} columns; use {len(COLUMNS)}']
    return [f'{name}: {text!r} is not {MEANINGS[name]}' for name, text in zip(COLUMNS, row) if not fits(name, text)]


def fits(name, text):
    if name == 'Class':
        return text in ('0', '1')
    if not re.fullmatch(r'-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?', text):
        return False
    return math.isfinite(float(text)) and (float(text) >= 0 or name not in ('Time', 'Amount'))


def write(file, head, rows):
    csv.writer(file, lineterminator='\n').writerows([head, *rows])
