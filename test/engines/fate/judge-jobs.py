# Reads jobs as FATE 2 does: the graph by FATE Flow's own types, and the parameters and inputs of each task by those that its component
# declares.
#
# usage: python judge-jobs.py <jobs.json
#        jobs: a map of submissions by name
# Prints a JSON list of what FATE would refuse.
import json
import sys

from fate.components.core import Stage, load_component
from fate_flow.entity.spec.dag import DAGSchema


def faults(dag):
    for name, task in dag.tasks.items():
        component = load_component(task.component_ref, Stage.from_str(task.stage or dag.stage))
        declared = component.parameters.mapping
        for key, value in (task.parameters or {}).items():
            if key not in declared:
                yield "%s has no parameter %s" % (name, key)
                continue
            try:
                declared[key].apply(value)
            except Exception as error:
                yield "%s.%s: %s" % (name, key, error)
        roles = {role.name for role in component.roles}
        for party in task.parties:
            if party.role not in roles:
                yield "%s is nothing that a %s does" % (name, party.role)
        for kind, known in (("data", component.artifacts.data_inputs), ("model", component.artifacts.model_inputs)):
            given = getattr(task.inputs, kind, None) or {}
            for key in given:
                if key not in known:
                    yield "%s has no input %s" % (name, key)
            for key, input in known.items():
                if key not in given and not input.optional:
                    yield "%s lacks input %s" % (name, key)


found = []
for job, submission in json.load(sys.stdin).items():
    schema = DAGSchema(**submission["dag_schema"])
    if type(schema.dag).__name__ != "DAGSpec":
        found.append("%s: is no graph" % job)
        continue
    found += ["%s: %s" % (job, fault) for fault in faults(schema.dag)]
print(json.dumps(found))
