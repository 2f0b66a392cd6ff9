# Tells which keys of `service_conf.yaml` the code of FATE Flow 2.2 reads, by running what of it reads them, and what it makes of them.
#
# usage: keys.py directory-of-the-configuration
import copy, json, sys
from fate_flow import settings

settings.DEFAULT_SERVER_CONF_PATH = sys.argv[1]
from fate_flow.utils import conf_utils

read = set()


class Tracked(dict):
    """A map of the file that remembers which of its keys were read."""

    def __init__(self, values, path=""):
        self.path, self.own = path, set(values)  # FATE adds some by itself
        super().__init__((key, tracked(value, f"{path}{key}.")) for key, value in values.items())

    def seen(self, key):
        if key in self.own:
            read.add(f"{self.path}{key}")

    def __getitem__(self, key):
        self.seen(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.seen(key)
        return super().get(key, default)

    def pop(self, key, *default):
        self.seen(key)
        return super().pop(key, *default)

    def __iter__(self):  # so that `**` goes by keys() and __getitem__
        return super().__iter__()

    def items(self):
        return [(key, self[key]) for key in self]

    def copy(self):
        return copy.copy(self)


def tracked(value, path):
    return Tracked(value, path) if isinstance(value, dict) else value


load = conf_utils.load_yaml_conf
conf_utils.load_yaml_conf = lambda path: tracked(load(path), "")

from fate_flow.runtime import system_settings
from fate_flow.db import base_models
from fate_flow.utils.api_utils import get_federated_proxy_address
from fate_flow.controller.parser import TaskParser
from fate_flow.manager.outputs.data import DatasetManager
from fate_flow.manager.outputs.model import PipelinedModel
from fate_flow.manager.service.provider_manager import ProviderManager
from fate_flow.manager.service.resource_manager import ResourceManager

without_database = lambda function: function.__func__.__wrapped__

for engine_type, engines in system_settings.engine_utils.get_engines_config_from_conf().items():
    for name, configuration in engines.items():
        try:
            without_database(ResourceManager.register_engine)(ResourceManager, engine_type, name, configuration)
        except Exception as error:
            assert "connect" in str(error), error
try:
    ProviderManager.check_provider_name("")
except Exception as error:
    assert "connect" in str(error), error

task = object.__new__(TaskParser)
task.job_id = task.task_id = task.party_id = task.execution_id = "1"
task.role, task.task_version, task.parties = "guest", 0, []
federation = task.generate_federation_conf()
print(
    json.dumps(
        {
            "database": {"name": base_models.DB.database, **base_models.DB.connect_params},
            "federation": federation.dict(),
            "computing": task.generate_computing_conf().dict(),
            "proxy": get_federated_proxy_address(),
            "table": DatasetManager.default_output_fs_path("name", "namespace"),
            "model": PipelinedModel.handle.path,
            "read": sorted(read),
        }
    )
)
