# A job as FATE Flow submits one, as far as Spark sees it: Python on both sides, a shuffle, files in HDFS. Prints what it found.
import json
import os
import sys

from pyspark import SparkContext

sc = SparkContext(appName='job')
table, stub_path = sys.argv[1:]


def place(_):
    with open(stub_path) as stub:
        yield os.uname().nodename, stub.read()


places = sc.range(0, 16, numSlices=16).mapPartitions(place).distinct().collect()
numbers = sc.range(0, 10000, numSlices=8)
sums = numbers.map(lambda it: (it % 3, it)).reduceByKey(lambda a, b: a + b).collectAsMap()
numbers.saveAsTextFile(table)
found = {
    'hosts': sorted({host for host, _ in places}),
    'stubs': [stub for _, stub in places],
    'sums': sums,
    'read': sc.textFile(table).map(int).sum(),
    'settings': dict(sc.getConf().getAll()),
}
sc.stop()
print(json.dumps(found))
