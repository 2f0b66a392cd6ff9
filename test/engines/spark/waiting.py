# A job that has work for its executors, and then waits for a file, or two minutes, before it ends.
import os
import sys
import time

from pyspark import SparkContext

sc = SparkContext()
sc.range(0, 100, numSlices=4).map(lambda it: it * it).sum()
print('at work', flush=True)
end = time.time() + 120
while not os.path.exists(sys.argv[1]) and time.time() < end:
    time.sleep(0.2)
sc.stop()
